using System.Runtime.CompilerServices;

namespace Discovery;

/// <summary>Runs reads against the state: at once, or blocking until what they show has changed.</summary>
/// <remarks>
/// A blocked query returns only when its index has passed and its body differs from the one it began with; a change that does not show
/// keeps it waiting. A restore releases it. When the wait runs out, or the node stops, it returns what is there now.
/// </remarks>
public sealed class StateQueries
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromDays(24);
    private readonly ICommandLog _log;
    private readonly NodeRuntime _runtime;
    private readonly QueryMetrics _metrics;
    private readonly NodeLifetime _lifetime;

    internal StateQueries(ICommandLog log, NodeRuntime runtime, QueryMetrics metrics, NodeLifetime lifetime)
    {
        _lifetime = lifetime;
        _log = log;
        _runtime = runtime;
        _metrics = metrics;
    }

    /// <summary>Runs a query.</summary>
    /// <typeparam name="T">The body.</typeparam>
    /// <param name="read">The read.</param>
    /// <param name="sameBody">
    /// Tells whether two bodies look the same to the caller; null for the type's own equality, which is right for records and single
    /// values, and not for lists: those equal nothing but themselves, so that every change of a topic would wake the query.
    /// </param>
    /// <param name="options">How; at once and with the defaults when null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The reply.</returns>
    /// <exception cref="DiscoveryException">The state cannot be made as fresh as asked for.</exception>
    public async ValueTask<QueryReply<T>> QueryAsync<T>(
        StateRead<T> read,
        IEqualityComparer<T>? sameBody = null,
        QueryOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        sameBody ??= EqualityComparer<T>.Default;
        options ??= QueryOptions.Default;
        _log.StateMachine.RequireState();
        ReadBarrierResult barrier = await _log.ReadBarrierAsync(options.Consistency, cancellationToken);
        if (!barrier.IsReached)
        {
            throw NotFresh(barrier.Refusal);
        }

        var topics = new StateTopicSet();
        StateSnapshot snapshot = _log.StateMachine.Current;
        T first = read(snapshot, topics);
        ulong index = topics.IndexIn(snapshot);
        if (options.AfterIndex == 0 || index > options.AfterIndex || options.Wait <= TimeSpan.Zero)
        {
            // What made sure that nothing is missing has just heard from the leader, whoever asked it.
            QueryReply<T> now = Reply(first, index, options);
            return options.Consistency == ReadConsistency.Stale ? now : now with { LastContact = TimeSpan.Zero };
        }

        (QueryReply<T> reply, bool isEarly, Guid lineage) =
            await WaitAsync(read, sameBody, options, snapshot.Lineage, first, topics, cancellationToken);

        // Judged by the reply alone, not by what the wait meant to do: so a wait that errs is counted.
        _metrics.Released(isEarly && lineage == snapshot.Lineage && sameBody.Equals(first, reply.Body));
        return reply;
    }

    /// <summary>Follows a topic: a snapshot to begin from, then every command that touched the topic, in order, with its
    /// changes.</summary>
    /// <remarks>
    /// Has no queue: a reader may take his time. When what he missed is no longer known, or the state was restored, he gets a snapshot to
    /// begin again from. Ends when the node stops.
    /// </remarks>
    /// <param name="topic">The topic.</param>
    /// <param name="after">Where an earlier reader left off (<see cref="StateUpdate.Position"/>); null to begin with a snapshot.</param>
    /// <param name="cancellationToken">Ends it with an exception.</param>
    /// <returns>The steps.</returns>
    public async IAsyncEnumerable<StateUpdate> FollowAsync(
        StateTopic topic, StatePosition? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        StateMachine state = _log.StateMachine;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _lifetime.Stopping);
        using StateWatch watch = StateWatch.Open(state, [topic]);
        var sets = new List<StateChangeSet>();
        StatePosition? position = after;
        while (true)
        {
            StateSnapshot snapshot = state.Current;
            sets.Clear();
            if (position is not { } seen || !state.TryReadChanges(topic, seen, snapshot, sets))
            {
                position = snapshot.Position;
                yield return new StateUpdate(snapshot, null);
                continue;
            }

            foreach (StateChangeSet set in sets)
            {
                yield return new StateUpdate(snapshot, set);
            }

            // A position that was told by a server ahead of this one stays.
            position = seen.Index > snapshot.Index ? seen : snapshot.Position;
            try
            {
                await watch.WaitAsync(ended.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                yield break;
            }
        }
    }

    private async ValueTask<(QueryReply<T> Reply, bool IsEarly, Guid Lineage)> WaitAsync<T>(
        StateRead<T> read,
        IEqualityComparer<T> sameBody,
        QueryOptions options,
        Guid lineage,
        T first,
        StateTopicSet topics,
        CancellationToken cancellationToken)
    {
        TimeSpan limit = options.Wait < WaitMax ? options.Wait : WaitMax;
        using var wait = new QueryWait(
            _log.StateMachine, topics.Topics, (_runtime.Time, limit), _lifetime.Stopping, cancellationToken);
        _metrics.Blocked();
        try
        {
            while (true)
            {
                // Asked before the read: what is read after the end is the answer, and a change that came with it is in it.
                bool isOver = wait.IsOver;
                var next = new StateTopicSet();
                StateSnapshot snapshot = _log.StateMachine.Current;
                T body = read(snapshot, next);
                ulong index = next.IndexIn(snapshot);
                bool isReplaced = snapshot.Lineage != lineage;
                if (isReplaced || (index > options.AfterIndex && !sameBody.Equals(first, body)))
                {
                    return (Reply(body, index, options), true, snapshot.Lineage);
                }

                if (isOver)
                {
                    return (Reply(body, index, options), false, snapshot.Lineage);
                }

                cancellationToken.ThrowIfCancellationRequested();
                if (next.IsSameAs(topics))
                {
                    await wait.WaitAsync();
                }
                else
                {
                    // The read depends on other topics by now: it is repeated under a watch that covers them.
                    topics = next;
                    wait.Follow(topics.Topics);
                }
            }
        }
        finally
        {
            _metrics.Unblocked();
        }
    }

    private QueryReply<T> Reply<T>(T body, ulong index, QueryOptions options)
    {
        Leadership leadership = _log.Leadership;
        return new QueryReply<T>(body, index, options.Consistency, _log.LastContact, leadership.Leader is not null);
    }

    private static DiscoveryException NotFresh(ProposalRefusal refusal) => refusal switch
    {
        ProposalRefusal.Faulted => new DiscoveryException(
            DiscoveryError.Faulted, "The node met a broken invariant and serves stale reads only; its log says why."),
        ProposalRefusal.Stopped => new DiscoveryException(DiscoveryError.Stopped, "The node is stopping."),
        _ => new DiscoveryException(DiscoveryError.NoLeader, "No cluster leader"),
    };
}
