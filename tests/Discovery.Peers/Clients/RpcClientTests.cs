using Discovery.Peers.Processes;

namespace Discovery.Peers.Clients;

/// <summary>Calls between nodes: an independent client gets the same answers from us as from a server of Consul, field by field.</summary>
[Trait("Kind", "RealSockets")]
public sealed class RpcClientTests(TwoAgents agents) : IClassFixture<TwoAgents>
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(120);

    [SkippableFact]
    public async Task Calls_OfEveryMethodWeHave_AreAnsweredAsConsulAnswersThem()
    {
        await agents.BeginAsync();
        string python = Peer.Require(Peer.Python, "/usr/bin/python3");
        Task<string> theirs = RunAsync(agents.Theirs, python);
        Task<string> ours = RunAsync(agents.Ours, python);
        string[] expected = (await theirs).Split('\n');
        string[] actual = (await ours).Split('\n');
        Assert.Equal("end", expected[^2]);
        Assert.InRange(expected.Length, 280, 450);
        string[] differences =
        [
            .. expected.Zip(actual).Where(static pair => pair.First != pair.Second)
                .Select(static pair => $"Consul: {pair.First}\nours:   {pair.Second}"),
        ];
        Assert.True(differences.Length == 0, string.Join('\n', differences));
        Assert.Equal(expected.Length, actual.Length);
    }

    private async Task<string> RunAsync(AgentProcess agent, string python)
    {
        string script = Path.Combine(Places.TestData, "clients", "rpc_client.py");
        await using Running client = Running.Start(python, [script, $"{agent.Ports.Server}"]);
        (int code, string output, string errors) = await client.EndAsync(s_deadline);
        if (errors.Contains("No module named 'msgpack'", StringComparison.Ordinal))
        {
            Peer.Missing("needs msgpack for Python: eng/peers.sh installs it");
        }

        Assert.True(code == 0, $"{agent.Kind}: code {code}\n{output}\n{errors}\n{agent.Log}");
        return agents.DisguiseOf(agent).Apply(output);
    }
}
