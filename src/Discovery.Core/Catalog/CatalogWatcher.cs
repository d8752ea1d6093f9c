using System.Runtime.CompilerServices;
using Discovery.Queries;
using Discovery.State.Watching;

namespace Discovery.Catalog;

/// <summary>
/// Follows services. A watcher has no queue of its own: it keeps a position and reads the shared ring, so one that never reads costs
/// nothing, and finds a resync when it comes back too late.
/// </summary>
internal sealed class CatalogWatcher(
    CatalogReader reader, StateMachine state, CatalogScope scope, NodeLifetime lifetime, WatchMetrics metrics)
{
    public async IAsyncEnumerable<ServiceChange> WatchAsync(
        string service, WatchOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        scope.Check(options.Context);
        byte[] key = CatalogKeys.Folded(service);
        StateTopic topic = StateTopic.ForKey(reader.Tables.ServiceTopics, key);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.Stopping);
        using IDisposable counted = metrics.Opened();
        using StateWatch watch = StateWatch.Open(state, [topic]);
        StatePosition position = options.Start == WatchStart.Resume ? options.ResumeFrom : state.Current.Position;
        if (options.Start == WatchStart.Current)
        {
            StateSnapshot first = state.Current;
            position = first.Position;
            yield return Everything(ServiceChangeKind.Current, first, key);
        }

        var sets = new List<StateChangeSet>();
        while (true)
        {
            StateSnapshot snapshot = state.Current;
            if (snapshot.Position != position)
            {
                sets.Clear();
                if (position.Index > snapshot.Index || !StateFeed.TryRead(state, topic, position, snapshot, sets))
                {
                    metrics.Resynced();
                    yield return Everything(ServiceChangeKind.Resync, snapshot, key);
                }
                else
                {
                    foreach (ServiceChange change in Changes(snapshot, service, sets, options.Mode))
                    {
                        yield return change;
                    }
                }

                position = snapshot.Position;
            }

            if (!await WaitAsync(watch, ended.Token, cancellationToken))
            {
                yield break;
            }
        }
    }

    // False when the node stops: the enumeration ends without an exception.
    private static async ValueTask<bool> WaitAsync(StateWatch watch, CancellationToken ended, CancellationToken cancellationToken)
    {
        try
        {
            await watch.WaitAsync(ended);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private ServiceChange Everything(ServiceChangeKind kind, StateSnapshot snapshot, byte[] key) =>
        new(kind, snapshot.Position, reader.ReadInstances(snapshot, key), []);

    private IEnumerable<ServiceChange> Changes(
        StateSnapshot snapshot, string service, List<StateChangeSet> sets, WatchMode mode)
    {
        List<ServiceStep> steps = ServiceRewind.Read(reader, snapshot, service, sets);
        if (mode == WatchMode.Latest)
        {
            List<ServiceDelta> net = ServiceRewind.Merge(steps);
            if (net.Count > 0)
            {
                yield return new ServiceChange(ServiceChangeKind.Delta, snapshot.Position, [], net);
            }

            yield break;
        }

        foreach (ServiceStep step in steps)
        {
            if (step.Deltas.Count > 0)
            {
                yield return new ServiceChange(
                    ServiceChangeKind.Delta, new StatePosition(snapshot.Lineage, step.Index), [], step.Deltas);
            }
        }
    }
}
