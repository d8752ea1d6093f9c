using Discovery.Peers.Comparison;
using Discovery.Peers.Processes;

namespace Discovery.Peers.Clients;

/// <summary>A real Consul and one of ours, for the clients of one test class.</summary>
public sealed class TwoAgents : IAsyncLifetime
{
    private AgentProcess? _ours;
    private AgentProcess? _theirs;

    internal AgentProcess Ours => _ours!;

    internal AgentProcess Theirs => _theirs!;

    internal Disguise DisguiseOf(AgentProcess agent) => new(agent.Ports, agent.Folder);

    public async Task InitializeAsync()
    {
        if (Peer.Consul is not null)
        {
            Task<AgentProcess> theirs = AgentProcess.StartAsync(AgentKind.Consul);
            _ours = await AgentProcess.StartAsync(AgentKind.Ours);
            _theirs = await theirs;
        }
    }

    /// <summary>Skips the test without Consul; otherwise empties both agents.</summary>
    internal async Task BeginAsync()
    {
        Peer.Require(Peer.Consul, "Consul 1.8.7");
        await AgentReset.RunAsync(Ours);
        await AgentReset.RunAsync(Theirs);
    }

    public async Task DisposeAsync()
    {
        if (_ours is not null)
        {
            await _ours.DisposeAsync();
        }

        if (_theirs is not null)
        {
            await _theirs.DisposeAsync();
        }
    }
}
