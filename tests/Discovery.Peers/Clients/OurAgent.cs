using Discovery.Peers.Processes;

namespace Discovery.Peers.Clients;

/// <summary>One agent of ours for the tests of a class.</summary>
public sealed class OurAgent : IAsyncLifetime
{
    private AgentProcess? _process;

    internal AgentProcess Process => _process!;

    public async Task InitializeAsync() => _process = await AgentProcess.StartAsync(AgentKind.Ours);

    internal Task BeginAsync() => AgentReset.RunAsync(Process);

    public async Task DisposeAsync() => await Process.DisposeAsync();
}
