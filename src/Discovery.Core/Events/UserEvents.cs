using System.Runtime.CompilerServices;
using Discovery.DependencyInjection;

namespace Discovery.Events;

/// <summary>The facade of the events.</summary>
internal sealed class UserEvents(UserEventLog log, IUserEventCarrier carrier, CallScope scope, IdSource ids, NodeLifetime lifetime)
    : IUserEvents
{
    public IReadOnlyList<UserEvent> Recent => log.Current.Events;

    public async ValueTask<UserEvent> FireAsync(
        string name,
        ReadOnlyMemory<byte> payload = default,
        UserEventFilter? filter = null,
        CallContext? context = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(name);
        filter ??= UserEventFilter.All;
        scope.Check(context ?? CallContext.Local);
        UserEventRules.Check(name, filter);
        if (lifetime.Stopping.IsCancellationRequested)
        {
            throw Stopped();
        }

        var fired = new UserEvent { Id = ids.NewId(), Name = name, Payload = payload.ToArray(), Filter = filter };
        await carrier.SendAsync(name, UserEventCodec.Encode(fired), cancellationToken);
        return fired;
    }

    public async ValueTask WaitForChangeAsync(IReadOnlyList<UserEvent> seen, CancellationToken cancellationToken = default)
    {
        UserEventLog.Recorded current = log.Current;
        if (ReferenceEquals(current.Events, seen) && !await ChangesAsync(current, cancellationToken))
        {
            throw Stopped();
        }
    }

    // Where it begins is decided here, and not when the caller asks for the first event.
    public IAsyncEnumerable<UserEvent> FollowAsync(string? name = null, CancellationToken cancellationToken = default) =>
        FollowFromAsync(log.Current.Count, name, cancellationToken);

    private async IAsyncEnumerable<UserEvent> FollowFromAsync(
        long position, string? name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            UserEventLog.Recorded current = log.Current;
            UserEvent[] events = current.Events;
            for (long i = Math.Max(0, events.Length - (current.Count - position)); i < events.Length; i++)
            {
                if (name is null || events[i].Name == name)
                {
                    yield return events[i];
                }
            }

            position = current.Count;
            if (!await ChangesAsync(current, cancellationToken))
            {
                yield break;
            }
        }
    }

    // False when the node stops.
    private async ValueTask<bool> ChangesAsync(UserEventLog.Recorded seen, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.Stopping);
        try
        {
            await seen.Changed.Task.WaitAsync(ended.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static DiscoveryException Stopped() => new(DiscoveryError.Stopped, "The node is stopping.");
}
