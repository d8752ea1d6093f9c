using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Discovery.DependencyInjection;

/// <summary>Has options that are monitored bound again after a reload whose configuration was found good.</summary>
internal sealed class SectionChange<TOptions>(DiscoveryConfiguration configuration) : IOptionsChangeTokenSource<TOptions>
{
    public string Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => configuration.GetChangeToken();
}
