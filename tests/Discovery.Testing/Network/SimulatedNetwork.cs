namespace Discovery.Testing;

/// <summary>A network in memory: messages take virtual time and are lost, doubled and overtaken as the kernel's seed says.</summary>
/// <remarks>
/// A cut link loses what is sent on it and what is under way when it would arrive, so that healing a link brings nothing old back. Every
/// arrival is recorded in the kernel's transcript.
/// </remarks>
public sealed class SimulatedNetwork<T>
{
    private readonly SimulationKernel _kernel;
    private readonly Random _random;
    private readonly int _inboxMax;
    private readonly Dictionary<string, NetworkEndpoint<T>> _endpoints = new(StringComparer.Ordinal);
    private readonly Dictionary<(string From, string To), LinkConditions> _links = [];
    private readonly Dictionary<(string From, string To), TimeSpan> _lastArrival = [];
    private readonly HashSet<(string From, string To)> _cut = [];
    private readonly HashSet<ITimer> _underWay = [];

    /// <summary>Creates a network without endpoints.</summary>
    /// <param name="kernel">Time, chance and transcript.</param>
    /// <param name="conditions">Of every link that has none of its own.</param>
    /// <param name="inboxMax">How many messages an inbox holds; more are lost.</param>
    public SimulatedNetwork(SimulationKernel kernel, LinkConditions? conditions = null, int inboxMax = 10_000)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        _kernel = kernel;
        _random = kernel.CreateRandom();
        _inboxMax = inboxMax;
        Conditions = conditions ?? new LinkConditions();
    }

    /// <summary>The conditions of every link that has none of its own; may change during a run.</summary>
    public LinkConditions Conditions { get; set; }

    /// <summary>What became of the messages so far.</summary>
    public NetworkCounters Counters { get; private set; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>How many messages are under way.</summary>
    public int UnderWay => _underWay.Count;

    /// <summary>Adds an endpoint; a name can be used again after <see cref="NetworkEndpoint{T}.Detach"/>.</summary>
    public NetworkEndpoint<T> Attach(string name)
    {
        NetworkEndpoint<T> endpoint = new(this, name, _inboxMax);
        _endpoints.Add(name, endpoint);
        return endpoint;
    }

    /// <summary>Gives one direction of a link its own conditions; null takes them away.</summary>
    public void SetLink(string from, string to, LinkConditions? conditions)
    {
        if (conditions is null)
        {
            _links.Remove((from, to));
        }
        else
        {
            _links[(from, to)] = conditions;
        }
    }

    /// <summary>Cuts one direction of a link.</summary>
    public void CutOneWay(string from, string to) => _cut.Add((from, to));

    /// <summary>Cuts a link in both directions.</summary>
    public void Cut(string a, string b)
    {
        CutOneWay(a, b);
        CutOneWay(b, a);
    }

    /// <summary>Mends a link in both directions.</summary>
    public void Heal(string a, string b)
    {
        _cut.Remove((a, b));
        _cut.Remove((b, a));
    }

    /// <summary>Mends every link.</summary>
    public void HealAll() => _cut.Clear();

    /// <summary>Cuts every link between different groups; links inside a group stay as they are.</summary>
    public void Partition(params IReadOnlyList<string>[] groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        for (int i = 0; i < groups.Length; i++)
        {
            for (int j = i + 1; j < groups.Length; j++)
            {
                foreach (string a in groups[i])
                {
                    foreach (string b in groups[j])
                    {
                        Cut(a, b);
                    }
                }
            }
        }
    }

    internal void Send(string from, string to, T body)
    {
        Counters = Counters with { Sent = Counters.Sent + 1 };
        LinkConditions conditions = _links.GetValueOrDefault((from, to)) ?? Conditions;
        if (_cut.Contains((from, to)))
        {
            Counters = Counters with { Cut = Counters.Cut + 1 };
            return;
        }

        if (_random.NextDouble() < conditions.DropShare)
        {
            Counters = Counters with { Dropped = Counters.Dropped + 1 };
            return;
        }

        Schedule(from, to, body, conditions);
        if (_random.NextDouble() < conditions.DuplicateShare)
        {
            Counters = Counters with { Duplicated = Counters.Duplicated + 1 };
            Schedule(from, to, body, conditions);
        }
    }

    internal void Detach(NetworkEndpoint<T> endpoint)
    {
        if (_endpoints.TryGetValue(endpoint.Name, out NetworkEndpoint<T>? attached) && ReferenceEquals(attached, endpoint))
        {
            _endpoints.Remove(endpoint.Name);
        }

        endpoint.Complete();
    }

    private void Schedule(string from, string to, T body, LinkConditions conditions)
    {
        long spread = (conditions.DelayMax - conditions.DelayMin).Ticks;
        TimeSpan now = _kernel.Time.Elapsed;
        TimeSpan arrival = now + conditions.DelayMin + new TimeSpan(_random.NextInt64(spread + 1));
        if (!conditions.Reorders && _lastArrival.GetValueOrDefault((from, to)) is var last && arrival < last)
        {
            arrival = last;
        }

        _lastArrival[(from, to)] = arrival;
        NetworkEndpoint<T>? target = _endpoints.GetValueOrDefault(to);
        ITimer? timer = null;
        timer = _kernel.Time.CreateTimer(
            _ =>
            {
                _underWay.Remove(timer!);
                timer!.Dispose();
                Arrive(from, to, body, target);
            },
            null,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        _underWay.Add(timer);
        timer.Change(arrival - now, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Delivers to the endpoint that the message was sent to, and not to a later one of the same name.</summary>
    private void Arrive(string from, string to, T body, NetworkEndpoint<T>? target)
    {
        if (_cut.Contains((from, to)))
        {
            Counters = Counters with { Cut = Counters.Cut + 1 };
        }
        else if (target is null
            || !ReferenceEquals(_endpoints.GetValueOrDefault(to), target) || !target.TryDeliver(new NetworkMessage<T>(from, body)))
        {
            Counters = Counters with { Unreachable = Counters.Unreachable + 1 };
        }
        else
        {
            Counters = Counters with { Delivered = Counters.Delivered + 1 };
            _kernel.Record($"{from} -> {to}: {body}");
        }
    }
}
