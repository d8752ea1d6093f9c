using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Discovery.Configuration;

/// <summary>Tells the app's providers of what the node has below their prefixes.</summary>
internal sealed class ConfigurationLoop(
    IKeyValueStore store, NodeRuntime runtime, ILogger<ConfigurationLoop> logger, IConfiguration? configuration = null) : INodeLoop
{
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan CopyRetryDelay = TimeSpan.FromSeconds(30);

    public string Name => "configuration";

    public Task RunAsync(CancellationToken cancellationToken)
    {
        IEnumerable<KeyValueConfigurationProvider> providers = Find(configuration);
        return Task.WhenAll(providers.Select(provider => runtime.Start(() => FollowAsync(provider, cancellationToken))));
    }

    private async Task FollowAsync(KeyValueConfigurationProvider provider, CancellationToken cancellationToken)
    {
        if (provider.CopyProblem is { } problem)
        {
            Log.CopyUnusable(logger, provider.Prefix, problem);
        }

        await ReachAsync(provider.Prefix, cancellationToken);
        await using IAsyncEnumerator<KeyValueChange> changes =
            store.WatchAsync(provider.Prefix, null, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (true)
            {
                // One copy for a burst of writes: it is written when nothing more has come.
                Task<bool> next = changes.MoveNextAsync().AsTask();
                while (!next.IsCompleted && !Save(provider) && !cancellationToken.IsCancellationRequested)
                {
                    await WaitAsync(next, CopyRetryDelay, cancellationToken);
                }

                if (!await next)
                {
                    return;
                }

                Take(provider, changes.Current);
            }
        }
        finally
        {
            Save(provider);
        }
    }

    // A node that has just started knows less than the copy: it may have nothing yet of what the cluster has. So the watch begins only
    // when a leader has confirmed that this node's state is as new as its own.
    private async Task ReachAsync(KeyValueKey prefix, CancellationToken cancellationToken)
    {
        for (bool isTold = false; ; isTold = true)
        {
            try
            {
                await store.QueryKeysAsync(prefix, "/", options: null, cancellationToken);
                return;
            }
            catch (DiscoveryException e)
            {
                if (!isTold)
                {
                    Log.NotReached(logger, prefix, e.Message);
                }
            }

            await Task.Delay(RetryDelay, runtime.Time, cancellationToken);
        }
    }

    private void Take(KeyValueConfigurationProvider provider, KeyValueChange change)
    {
        try
        {
            string? failure = change.Kind == KeyValueChangeKind.Delta
                ? provider.Change(change.Deltas)
                : provider.Replace(change.Entries);
            if (failure is not null)
            {
                Log.NotTaken(logger, provider.Prefix, change.Position.Index, failure);
            }
        }
        catch (Exception e) when (e is not InvariantViolationException)
        {
            Log.CallbackFailed(logger, provider.Prefix, e);
        }
    }

    private bool Save(KeyValueConfigurationProvider provider)
    {
        if (provider.Save() is not { } failure)
        {
            return true;
        }

        Log.CopyNotWritten(logger, provider.Prefix, failure);
        return false;
    }

    // Until the next change is there, or for so long.
    private async Task WaitAsync(Task next, TimeSpan most, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(next, Task.Delay(most, runtime.Time, over.Token));
        await over.CancelAsync();
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
