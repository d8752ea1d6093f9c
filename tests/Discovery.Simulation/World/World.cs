using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>A cluster of cores under virtual time: one seed decides everything.</summary>
internal sealed class World
{
    private readonly Dictionary<Guid, Server> _byNode = [];

    public World(ulong seed, WorldOptions options, int traceLines)
    {
        Options = options;
        Random = new Randomness(seed);
        Events = new EventQueue();
        Trace = new Trace(() => Events.Now, traceLines);
        Watch = new Watch(this);
        int full = options.Voters + options.Learners + options.Spares;
        int count = full + (options.HasWitness ? 1 : 0);
        Network = new Network(this, count);
        for (int number = 0; number < count; number++)
        {
            Servers.Add(new Server(this, number, isWitness: options.HasWitness && number == options.Voters));
            _byNode.Add(Servers[number].Node, Servers[number]);
        }

        FullServers = [.. Servers.Where(static server => !server.IsWitness)];
        Clients = [.. Enumerable.Range(0, options.Clients).Select(number => new Client(this, number))];
        Faults = new Faults(this);
    }

    public WorldOptions Options { get; }

    public Randomness Random { get; }

    public EventQueue Events { get; }

    public Trace Trace { get; }

    public Coverage Coverage { get; } = new();

    public Network Network { get; }

    public Watch Watch { get; }

    public List<Server> Servers { get; } = [];

    /// <summary>Those that keep the state, and so can answer clients.</summary>
    public IReadOnlyList<Server> FullServers { get; }

    public ClientHistory History { get; } = new();

    public IReadOnlyList<Client> Clients { get; }

    public Faults Faults { get; }

    /// <summary>The running leader of the latest term, or null.</summary>
    public Server? Leader => Servers.Where(static server => server.IsLeader).MaxBy(static server => server.Core!.Term);

    public Server? FindNode(Guid node) => _byNode.GetValueOrDefault(node);

    /// <summary>The server that has this identity now.</summary>
    public Server? Find(VoterId id) => _byNode.TryGetValue(id.Node, out Server? server) && server.Id == id ? server : null;

    public void Run()
    {
        Form();
        foreach (Client client in Clients)
        {
            client.Begin();
        }

        Faults.Begin();
        Events.RunUntil(Options.Duration);
        new LivenessPhase(this).Run();
        Watch.Finish();
    }

    private void Form()
    {
        var members = new List<RaftMember>();
        foreach (Server server in Servers)
        {
            MemberRole? role = server.IsWitness ? MemberRole.Witness
                : server.Number < Options.Voters ? MemberRole.Voter
                : members.Count(static member => member.Role == MemberRole.Learner) < Options.Learners ? MemberRole.Learner : null;
            if (role is { } known)
            {
                members.Add(new RaftMember(server.Id, known));
            }
        }

        byte[] body = RaftConfiguration.Of(members).Encode();
        foreach (Server server in Servers)
        {
            if (members.Any(member => member.Id == server.Id))
            {
                var first = new LogEntry(1, 1, EntryKind.Configuration, body);
                Watch.Logs.OnAppend(server, first);
                server.Disk.Format(new HardState(1, VoterId.None), [first]);
            }

            if (Options.ClocksDrift)
            {
                server.Clock.SetRate(TimeSpan.Zero, Random.Between(950, 1050) / 1000.0);
            }

            server.Start();
        }
    }
}
