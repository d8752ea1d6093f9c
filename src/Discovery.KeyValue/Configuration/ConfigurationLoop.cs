using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Discovery.Configuration;

/// <summary>Tells the app's providers of what the node has below their prefixes.</summary>
internal sealed class ConfigurationLoop(
    IKeyValueStore store, NodeRuntime runtime, ILogger<ConfigurationLoop> logger, IConfiguration? configuration = null) : INodeLoop
{
    public string Name => "configuration";

    public Task RunAsync(CancellationToken cancellationToken)
    {
        IEnumerable<KeyValueConfigurationProvider> providers = Find(configuration);
        return Task.WhenAll(providers.Select(provider => runtime.Start(() => FollowAsync(provider, cancellationToken))));
    }

    private async Task FollowAsync(KeyValueConfigurationProvider provider, CancellationToken cancellationToken)
    {
        await foreach (KeyValueChange change in store.WatchAsync(provider.Prefix, null, cancellationToken))
        {
            string? failure = change.Kind == KeyValueChangeKind.Delta
                ? provider.Change(change.Deltas)
                : provider.Replace(change.Entries);
            if (failure is not null)
            {
                Log.NotTaken(logger, provider.Prefix, change.Position.Index, failure);
            }
        }
    }

    private static IEnumerable<KeyValueConfigurationProvider> Find(IConfiguration? configuration)
    {
        foreach (IConfigurationProvider provider in (configuration as IConfigurationRoot)?.Providers ?? [])
        {
            if (provider is KeyValueConfigurationProvider ours)
            {
                yield return ours;
            }
            else if (provider is ChainedConfigurationProvider chained)
            {
                foreach (KeyValueConfigurationProvider inner in Find(chained.Configuration))
                {
                    yield return inner;
                }
            }
        }
    }
}
