using System.Runtime.CompilerServices;

namespace Discovery.Catalog;

/// <summary>
/// Follows services. A watcher has no queue of its own: it keeps a position and reads the shared ring, so one that never reads costs
/// nothing, and finds a resync when it comes back too late.
/// </summary>
internal sealed class CatalogWatcher(
    CatalogReader reader, StateMachine state, CallScope scope, NodeLifetime lifetime, WatchMetrics metrics)
{
    /// <summary>Follows a service; what is wrong with the call is told at once, and "now" is the time of the call.</summary>
    public IAsyncEnumerable<ServiceChange> WatchAsync(string service, WatchOptions options, CancellationToken cancellationToken)
    {
        scope.Check(options.Context);
        RegistrationValidator.ThrowIfNoName(service);
        StatePosition? position = options.Start switch
        {
            WatchStart.Now => state.Current.Position,
            WatchStart.Resume => options.ResumeFrom,
            _ => null,
        };
        return FollowAsync(service, position, options.Mode, cancellationToken);
    }

    private async IAsyncEnumerable<ServiceChange> FollowAsync(
        string service, StatePosition? from, WatchMode mode, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] key = CatalogKeys.Folded(service);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.Stopping);
        using IDisposable counted = metrics.Opened();
        using StateWatch watch = StateWatch.Open(state, [reader.ServiceTopic(service)]);
        // An enumerator that is cancelled between two items and then forgotten must not keep its watch.
        using CancellationTokenRegistration forgotten = cancellationToken.UnsafeRegister(
            _ =>
            {
                watch.Dispose();
                counted.Dispose();
                ended.Dispose();
            },
            null);
        CancellationToken end = ended.Token;
        StateSnapshot snapshot = state.Current;
        if (from is null)
        {
            yield return Everything(ServiceChangeKind.Current, snapshot, key);
        }

        StatePosition position = from ?? snapshot.Position;
        while (true)
        {
            snapshot = state.Current;
            if (snapshot.Position != position)
            {
                foreach (ServiceChange change in Changes(position, snapshot, service, key, mode))
                {
                    yield return change;
                }

                position = snapshot.Position;
            }

            if (!await WaitAsync(watch, end, cancellationToken))
            {
                yield break;
            }
        }
    }

    // False when the node stops: the enumeration ends without an exception.
    private static async ValueTask<bool> WaitAsync(StateWatch watch, CancellationToken ended, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await watch.WaitAsync(ended);
            return true;
        }
        catch (ObjectDisposedException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private ServiceChange Everything(ServiceChangeKind kind, StateSnapshot snapshot, byte[] key) =>
        new(kind, snapshot.Position, reader.ReadInstances(snapshot, key), []);

    private IReadOnlyList<ServiceChange> Changes(
        StatePosition after, StateSnapshot snapshot, string service, byte[] key, WatchMode mode)
    {
        var steps = new List<ServiceStep>();
        if (!ServiceRewind.TryRead(reader, state, service, after, snapshot, steps))
        {
            metrics.Resynced();
            return [Everything(ServiceChangeKind.Resync, snapshot, key)];
        }

        if (mode == WatchMode.Every)
        {
            return steps.ConvertAll(step => Delta(new StatePosition(snapshot.Lineage, step.Index), step.Deltas));
        }

        List<ServiceDelta> net = ServiceRewind.Merge(steps);
        return net.Count > 0 ? [Delta(snapshot.Position, net)] : [];
    }

    private static ServiceChange Delta(StatePosition position, List<ServiceDelta> deltas) =>
        new(ServiceChangeKind.Delta, position, [], deltas);
}
