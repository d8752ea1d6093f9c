using Microsoft.Extensions.Configuration;

namespace Discovery.Configuration;

/// <summary>A prefix of the key/value store as a source of configuration.</summary>
internal sealed class KeyValueConfigurationSource(KeyValueKey prefix, KeyValueConfigurationOptions options) : IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => new KeyValueConfigurationProvider(prefix, options);
}
