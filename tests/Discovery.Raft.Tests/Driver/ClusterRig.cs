using Discovery.Protocol;
using Discovery.Testing;

namespace Discovery.Driver;

/// <summary>A cluster in virtual time: real drivers, logs and state machines; a simulated network and simulated disks.</summary>
internal sealed class ClusterRig
{
    /// <param name="kernel">Time and scheduling.</param>
    /// <param name="servers">How many.</param>
    /// <param name="hasWitness">Whether the last one is a witness.</param>
    public ClusterRig(SimulationKernel kernel, int servers, bool hasWitness = false)
    {
        Kernel = kernel;
        Network = new SimulatedNetwork<RaftMessage>(kernel);
        Servers = [.. Enumerable.Range(1, servers).Select(number => new ClusterServer(this, number))];
        Members = [.. Servers.Select(static server => new RaftMember(server.Id, MemberRole.Voter))];
        if (hasWitness)
        {
            Members[^1] = Members[^1] with { Role = MemberRole.Witness };
        }
    }

    public SimulationKernel Kernel { get; }

    public SimulatedNetwork<RaftMessage> Network { get; }

    public ClusterServer[] Servers { get; }

    public RaftMember[] Members { get; }

    public ClusterServer Leader => Servers.Single(static server => server.Log.Leadership.IsLeader);

    public async Task StartAsync()
    {
        foreach (ClusterServer server in Servers)
        {
            await server.StartAsync(Members);
        }
    }

    public async Task StopAsync()
    {
        foreach (ClusterServer server in Servers)
        {
            await server.StopAsync();
        }
    }

    public ClusterServer Server(VoterId id) => Servers.Single(server => server.Id == id);

    public string NameOf(VoterId id) => Server(id).Name;

    /// <summary>Adds one to a value.</summary>
    public static CommandProposal Add(string name) => new(
        Ledger.Script.Id,
        LedgerMachine.Body(Ledger.Script, [new LedgerStep(LedgerAction.Add, name, "", 1)]),
        default,
        0,
        CallContext.Local);

    public static long Value(ClusterServer server, string name) =>
        server.State.Get(server.Ledger.Items, LedgerModule.Key(name))?.Value ?? 0;

    // Only its codec is used.
    private static LedgerModule Ledger { get; } = new LedgerMachine().Ledger;
}
