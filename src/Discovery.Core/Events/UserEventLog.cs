using Discovery.Agent;
using Discovery.Sockets;
using Microsoft.Extensions.Logging;

namespace Discovery.Events;

/// <summary>What this node has been told: the last events that were for it, and the ids of those that were here at all.</summary>
internal sealed class UserEventLog(AgentIdentity identity, ILocalAgent agent, NodeRuntime runtime, ILogger<UserEventLog> logger)
    : IUserEventReceiver
{
    public const int EventsMax = 256;
    public const int IdsMax = 2 * EventsMax;
    private const int VersionMax = 1;

    // What Consul's agents run commands by. It is an event like others on its way, and shown nowhere.
    private const string RemoteExecution = "_rexec";

    private readonly Lock _lock = new();
    private readonly HashSet<Guid> _ids = [];
    private readonly Queue<Guid> _idsByAge = [];
    private readonly LogLimit _oddities = new(runtime.Time);
    private volatile Recorded _current = new([], 0);

    /// <summary>What there is now.</summary>
    public Recorded Current => _current;

    public bool Receive(UserEventMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Payload.Length > UserEventRules.BytesMax || !UserEventCodec.TryDecode(message, out UserEvent one))
        {
            Tell(message.Name, "it cannot be read");
            return false;
        }

        if (!IsNew(one.Id))
        {
            return false;
        }

        if (one.Version > VersionMax)
        {
            Tell(one.Name, $"its version {one.Version} may mean more than is understood here");
        }

        (bool includes, string? error) = UserEventAudience.Includes(one.Filter, identity.Name, () => agent.Services);
        if (error is not null)
        {
            Tell(one.Name, $"it is not taken, for its filter is none: {error}");
        }

        if (includes && one.Name != RemoteExecution)
        {
            Add(one);
        }

        return true;
    }

    private void Tell(string name, string what)
    {
        if (_oddities.ShouldLog(out long count))
        {
            Log.OddEvent(logger, name, what, count);
        }
    }

    private bool IsNew(Guid id)
    {
        lock (_lock)
        {
            if (!_ids.Add(id))
            {
                return false;
            }

            _idsByAge.Enqueue(id);
            if (_idsByAge.Count > IdsMax)
            {
                _ids.Remove(_idsByAge.Dequeue());
            }

            return true;
        }
    }

    private void Add(UserEvent one)
    {
        Recorded before;
        lock (_lock)
        {
            before = _current;
            UserEvent[] kept = before.Events;
            _current = new Recorded([.. kept.AsSpan(kept.Length < EventsMax ? 0 : 1), one], before.Count + 1);
        }

        before.Changed.SetResult();
    }

    /// <summary>The events at one moment.</summary>
    /// <param name="Events">The last ones, as they came.</param>
    /// <param name="Count">How many have come, with those that are no longer here.</param>
    internal sealed record Recorded(UserEvent[] Events, long Count)
    {
        /// <summary>Ends with the next event.</summary>
        public TaskCompletionSource Changed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
