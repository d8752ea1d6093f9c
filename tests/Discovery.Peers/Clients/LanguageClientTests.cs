using Discovery.Peers.Processes;

namespace Discovery.Peers.Clients;

/// <summary>Client libraries of other languages: the same program sees the same from us as from Consul.</summary>
[Trait("Kind", "RealSockets")]
public sealed class LanguageClientTests(TwoAgents agents) : IClassFixture<TwoAgents>
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(90);

    [SkippableFact]
    public async Task PythonConsul_TtlCheckAndLongPolls_SeesWhatItSeesOfConsul()
    {
        await agents.BeginAsync();
        string python = Peer.Require(Peer.Python, "/usr/bin/python3");
        await RequireModuleAsync(python, "consul");
        string theirs = await RunAsync(agents.Theirs, python, Script("python_client.py"), $"{agents.Theirs.Ports.Http}");
        string ours = await RunAsync(agents.Ours, python, Script("python_client.py"), $"{agents.Ours.Ports.Http}");
        Assert.Contains("poll gone [true, [[\"web-2\"", theirs, StringComparison.Ordinal);
        Assert.Equal(theirs, ours);
    }

    [SkippableFact]
    public async Task PythonConsul_KeysSessionsAndTransactions_SeesWhatItSeesOfConsul()
    {
        await agents.BeginAsync();
        string python = Peer.Require(Peer.Python, "/usr/bin/python3");
        await RequireModuleAsync(python, "consul");
        string theirs = await RunAsync(agents.Theirs, python, Script("python_kv_client.py"), $"{agents.Theirs.Ports.Http}");
        string ours = await RunAsync(agents.Ours, python, Script("python_kv_client.py"), $"{agents.Ours.Ports.Http}");
        Assert.Contains("end [null, true, true, []]", theirs, StringComparison.Ordinal);
        Assert.Equal(theirs, ours);
    }

    /// <summary>Half a minute: a leader stops renewing its session, and the session ends at twice its shortest TTL.</summary>
    [SkippableFact]
    public async Task Patroni_RacesLosesAndTakesOver_SeesWhatItSeesOfConsul()
    {
        await agents.BeginAsync();
        string python = Peer.Require(Peer.Python, "/usr/bin/python3");
        await RequireModuleAsync(python, "patroni");
        Task<string> theirs = RunAsync(agents.Theirs, python, Script("patroni_client.py"), $"{agents.Theirs.Ports.Http}");
        Task<string> ours = RunAsync(agents.Ours, python, Script("patroni_client.py"), $"{agents.Ours.Ports.Http}");
        Assert.Contains("take over [true, [\"pg1\", true]]", await theirs, StringComparison.Ordinal);
        Assert.Equal(await theirs, await ours);
    }

    [SkippableFact]
    public async Task NpmConsul_ServicesAndWatch_SeesWhatItSeesOfConsul()
    {
        await agents.BeginAsync();
        string node = Peer.Require(Peer.Node, "node");
        string modules = Peer.Require(Peer.NpmConsul, "npm's consul client");
        string theirs = await RunAsync(agents.Theirs, node, Script("npm_client.mjs"), modules, $"{agents.Theirs.Ports.Http}");
        string ours = await RunAsync(agents.Ours, node, Script("npm_client.mjs"), modules, $"{agents.Ours.Ports.Http}");
        Assert.Contains("watched []", theirs, StringComparison.Ordinal);
        Assert.Equal(theirs, ours);
    }

    private static async Task RequireModuleAsync(string python, string module)
    {
        await using Running probe = Running.Start(python, ["-c", "import " + module]);
        (int code, _, string errors) = await probe.EndAsync(s_deadline);
        if (code != 0)
        {
            Peer.Missing($"needs {module} for Python: eng/peers.sh installs it: {errors}");
        }
    }

    private static string Script(string name) => Path.Combine(Places.TestData, "clients", name);

    private async Task<string> RunAsync(AgentProcess agent, string program, params string[] arguments)
    {
        await using Running client = Running.Start(program, arguments);
        (int code, string output, string errors) = await client.EndAsync(s_deadline);
        Assert.True(code == 0, $"{agent.Kind}: code {code}\n{output}\n{errors}");
        return agents.DisguiseOf(agent).Apply(output);
    }
}
