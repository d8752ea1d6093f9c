using System.Collections.Concurrent;
using System.Collections.Immutable;
using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>What comes in for the loop that owns the core: messages of others, bounded, and what this node's own parts report.</summary>
/// <param name="messagesMax">How many messages may wait.</param>
/// <param name="wake">Called after each thing that has come in.</param>
internal sealed class RaftInbox(int messagesMax, Action wake)
{
    private readonly ConcurrentQueue<RaftMessage> _messages = new();
    private readonly ConcurrentQueue<Action<RaftCore, TimeSpan>> _calls = new();
    private ImmutableHashSet<VoterId> _ends = [];
    private int _waiting;

    /// <summary>Takes a message; false when too many wait, and it is dropped.</summary>
    public bool TryPost(RaftMessage message)
    {
        if (Interlocked.Increment(ref _waiting) > messagesMax)
        {
            Interlocked.Decrement(ref _waiting);
            return false;
        }

        _messages.Enqueue(message);
        wake();
        return true;
    }

    /// <summary>Has the loop call the core. Only this node's own parts do, and each waits for its answer before it calls again.</summary>
    public void Post(Action<RaftCore, TimeSpan> call)
    {
        _calls.Enqueue(call);
        wake();
    }

    /// <summary>The connection that a server sent over has ended; to be looked at behind the messages that came over it.</summary>
    public void PostEnd(VoterId from)
    {
        ImmutableInterlocked.Update(ref _ends, static (ends, one) => ends.Add(one), from);
        wake();
    }

    /// <summary>Whose connections have ended since the last time.</summary>
    public ImmutableHashSet<VoterId> TakeEnds() => _ends.IsEmpty ? [] : Interlocked.Exchange(ref _ends, []);

    public bool TryTake(out RaftMessage message)
    {
        bool isTaken = _messages.TryDequeue(out RaftMessage? next);
        if (isTaken)
        {
            Interlocked.Decrement(ref _waiting);
        }

        message = next!;
        return isTaken;
    }

    public bool TryTake(out Action<RaftCore, TimeSpan> call)
    {
        bool isTaken = _calls.TryDequeue(out Action<RaftCore, TimeSpan>? next);
        call = next!;
        return isTaken;
    }
}
