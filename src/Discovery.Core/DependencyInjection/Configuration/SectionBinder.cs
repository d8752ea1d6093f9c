using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

/// <summary>Binds a section to its options, without the keys that are wrong.</summary>
internal sealed class SectionBinder<TOptions>(
    DiscoveryConfiguration configuration, string section, Action<IConfiguration, TOptions> bind) : IConfigureOptions<TOptions>
    where TOptions : class
{
    public void Configure(TOptions options)
    {
        if (configuration.Sound(section) is { } sound)
        {
            bind(sound, options);
        }
    }
}
