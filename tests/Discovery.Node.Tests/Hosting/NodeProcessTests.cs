using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Discovery.Node.Hosting;

[Trait("Kind", "RealSockets")]
[Collection("Processes")]
public sealed class NodeProcessTests : IDisposable
{
    /// <summary>Methods compiled until the first write was answered, with call counting off, so that none is compiled twice.</summary>
    /// <remarks>
    /// Found: 3,820 in Debug and 4,102 to 4,245 in Release before there were operator, autopilot and snapshots, which are composed and
    /// mapped at the start: 4,434 in Release with them. The build is not precompiled; what is published, framework and all, compiles 473
    /// (of before), which benchmarks/peers/run.sh tells.
    /// </remarks>
    private const int MethodsMax = 4_600;

    private const string BadService = "-hcl=service { name=\"a\" port=-5 }";

    private readonly NodeFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Version_Asked_EndsWithZero()
    {
        (int code, string output) = await NodeProcess.RunAsync("version");
        Assert.Equal((0, "discovery-node v0.1.0\nSpeaks the HTTP API and the DNS of Consul v1.8.7\n"), (code, output));
    }

    [Theory]
    [InlineData(127, "Usage: discovery-node <command> [<args>]")]
    [InlineData(127, "Usage: discovery-node <command> [<args>]", "help")]
    [InlineData(0, "Usage: discovery-node <command> [<args>]", "-help")]
    [InlineData(127, "==> There is no command \"fly\". ", "fly")]
    [InlineData(1, "==> data_dir cannot be empty", "agent", "-server")]
    [InlineData(1, "==> error parsing flags: flag provided but not defined: -fly", "agent", "-fly")]
    [InlineData(1, "* invalid config key fly", "agent", "-dev", "-hcl=fly=1")]
    [InlineData(1, "a client agent cannot be started yet: write -server", "agent", "-data-dir=x", "-http-port=-1")]
    [InlineData(1, "Failed to register service \"a\": ", "agent", "-dev", "-http-port=-1", "-dns-port=-1", BadService)]
    public async Task Run_ThatCannotBe_EndsWithItsCodeAndText(int code, string text, params string[] words)
    {
        (int ended, string output) = await NodeProcess.RunAsync(words);
        Assert.Contains(text, output, StringComparison.Ordinal);
        Assert.Equal(code, ended);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("dns")]
    public async Task Start_OnATakenPort_EndsWithOneAndNamesPortAndKey(string protocol)
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        await using NodeProcess node = NodeProcess.StartUnready(_folder.Path, "-dev", $"-{protocol}-port={port}");
        Assert.Equal(1, await node.WaitForExitAsync());
        Assert.Contains($"127.0.0.1:{port}", node.Output, StringComparison.Ordinal);
        Assert.Contains($"ports.{protocol}", node.Output, StringComparison.Ordinal);
    }

    // Server or not, Consul 1.8.7 ends with 1 when a signal stops it and with 0 when it leaves.
    [Theory]
    [InlineData(PosixSignal.SIGINT, 1)]
    [InlineData(PosixSignal.SIGTERM, 1)]
    [InlineData(PosixSignal.SIGINT, 0, "-hcl=skip_leave_on_interrupt=false")]
    [InlineData(PosixSignal.SIGTERM, 0, "-hcl=leave_on_terminate=true")]
    public async Task Signal_AtAServer_EndsItAsConsul(PosixSignal signal, int code, params string[] flags)
    {
        await using NodeProcess node = await NodeProcess.StartAsync(_folder.Path, ["-dev", .. flags]);
        node.Signal(signal);
        Assert.Equal(code, await node.WaitForExitAsync());
        Assert.Contains($"[INFO]  agent: Exit code: code={code}\n", node.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leave_OverHttp_EndsTheProcessWithZero()
    {
        await using NodeProcess node = await NodeProcess.StartAsync(_folder.Path, "-dev");
        (await node.Http.PutAsync(new Uri("agent/leave", UriKind.Relative), null)).EnsureSuccessStatusCode();
        Assert.Equal(0, await node.WaitForExitAsync());
    }

    [Fact]
    public async Task Start_Dev_AnswersLikeConsulInDevelopment()
    {
        await using NodeProcess node = await NodeProcess.StartAsync(_folder.Path, "-dev", "-node=n1", "-hcl=retry_join=[\"10.0.0.1\"]");
        Assert.Equal("Consul Agent", await node.Http.GetStringAsync(new Uri("/", UriKind.Relative)));
        Assert.Equal(HttpStatusCode.NotFound, (await node.Http.GetAsync(new Uri("/nothing", UriKind.Relative))).StatusCode);
        Assert.StartsWith(
            "{\n    \"Config\": {\n        \"Datacenter\": \"dc1\",\n        \"NodeName\": \"n1\"",
            await node.Http.GetStringAsync(new Uri("agent/self", UriKind.Relative)),
            StringComparison.Ordinal);
        Assert.Matches(
            @"(?m)^    \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \[WARN\]  agent: The 'retry_join' field is accepted and has no effect\.$",
            node.Output);
        Assert.Contains(
            $"[INFO]  agent: Started HTTP server: address=127.0.0.1:{node.HttpPort} network=tcp\n", node.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_UnixSocket_AnswersThere()
    {
        string path = _folder.Write("a.sock", "left by an earlier run");
        await using NodeProcess node = await NodeProcess.StartAsync(
            _folder.Path, "-dev", $"-hcl=addresses {{ http = \"unix://{path}\" }} unix_sockets {{ mode = \"0600\" }}");
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancelled) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancelled);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        Assert.Equal("Consul Agent", await client.GetStringAsync(new Uri("http://unix/")));
    }

    [Fact]
    public async Task HangUp_AfterAChangeOfAFile_TakesServicesOver()
    {
        string file = _folder.Write(
            "a.hcl", "service { name = \"a\" port = 1 }\nservices { name = \"b_c\" }\ncheck { name = \"m\" ttl = \"1h\" }");
        await using NodeProcess node = await NodeProcess.StartAsync(_folder.Path, "-dev", $"-config-file={file}");
        Assert.Equal(["a", "b_c"], await NamesAsync(node, "agent/services"));
        Assert.Equal(["m"], await NamesAsync(node, "agent/checks"));
        _folder.Write("a.hcl", "service { name = \"a\" port = 2 }\nservices { name = \"d\" }");
        node.Signal(PosixSignal.SIGHUP);
        await node.WaitForAsync("Configuration reloaded: services=2 checks=0");
        Assert.Equal(["a", "d"], await NamesAsync(node, "agent/services"));
        Assert.Empty(await NamesAsync(node, "agent/checks"));

        _folder.Write("a.hcl", "fly = 1");
        node.Signal(PosixSignal.SIGHUP);
        await node.WaitForAsync("Error reloading configuration");
        Assert.Equal(["a", "d"], await NamesAsync(node, "agent/services"));
    }

    [Fact]
    public async Task Reload_OfWhatTheAgentDoesNotTake_SaysSoAndKeepsWhatWas()
    {
        _folder.Write("a.hcl", "service { name = \"a\" port = 1 }\ncheck { id = \"m\" name = \"mem\" ttl = \"1m\" }");
        await using NodeProcess node = await NodeProcess.StartAsync(_folder.Path, "-dev", "-config-file=a.hcl");
        _folder.Write("a.hcl", "services { name = \"b\" }\nservices { port = 2 }");
        using HttpResponseMessage refused = await node.Http.PutAsync(new Uri("agent/reload", UriKind.Relative), null);
        Assert.Equal(
            (HttpStatusCode.InternalServerError, "Failed reloading services: Failed to register service \"\": "
                + "The registration of service \"\" is invalid: Name: must not be empty."),
            (refused.StatusCode, await refused.Content.ReadAsStringAsync()));
        Assert.Equal(["a", "b"], await NamesAsync(node, "agent/services"));
        Assert.Equal(["m"], await NamesAsync(node, "agent/checks"));

        _folder.Write("a.hcl", "service { name = \"c\" check { id = \"m\" ttl = \"1m\" } }");
        using HttpResponseMessage taken = await node.Http.PutAsync(new Uri("agent/reload", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal(["c"], await NamesAsync(node, "agent/services"));
        Assert.Equal(["m"], await NamesAsync(node, "agent/checks"));
    }

    [Fact]
    public async Task Start_DataDirectoryOfARunningNode_EndsWithOneThatSaysWhy()
    {
        string[] flags = ["-server", "-bootstrap-expect=1", "-bind=127.0.0.1", "-data-dir=data"];
        await using NodeProcess first = await NodeProcess.StartAsync(_folder.Path, flags);
        await using NodeProcess second = NodeProcess.StartUnready(_folder.Path, flags);

        Assert.Equal(1, await second.WaitForExitAsync());
        Assert.Contains(
            $"Data directory {Path.Combine(_folder.Path, "data")} is in use by another node.", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Register_ScriptOverHttp_NeedsMoreThanLocalScripts()
    {
        await using NodeProcess node = await NodeProcess.StartAsync(
            _folder.Path, "-dev", "-enable-local-script-checks", "-hcl=check { name=\"l\" args=[\"/bin/true\"] interval=\"1h\" }");
        Assert.Equal(["l"], await NamesAsync(node, "agent/checks"));
        using HttpResponseMessage refused = await node.Http.PutAsJsonAsync(
            new Uri("agent/check/register", UriKind.Relative), new { Name = "r", Args = new[] { "/bin/true" }, Interval = "1h" });
        Assert.Equal(
            (HttpStatusCode.InternalServerError,
                "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true"),
            (refused.StatusCode, await refused.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Start_UntilTheFirstWrite_CompilesNoMoreMethodsThanPinned()
    {
        await using NodeProcess node = await NodeProcess.StartAsync(_folder.Path, "-dev");
        await RegisterAsync(node, "web");
        node.Signal(PosixSignal.SIGTERM);
        await node.WaitForExitAsync();
        string count = node.Output.Split("Methods compiled so far: count=")[1].Split('\n')[0];
        Assert.InRange(int.Parse(count, System.Globalization.CultureInfo.InvariantCulture), 1, MethodsMax);
    }

    [Fact]
    public async Task Restart_WithADataDirectory_KeepsIdentityAndWhatOthersRegistered()
    {
        string[] flags = ["-server", "-bootstrap-expect=1", "-bind=127.0.0.1", $"-data-dir={Path.Combine(_folder.Path, "data")}"];
        string id;
        await using (NodeProcess node = await NodeProcess.StartAsync(_folder.Path, flags))
        {
            await RegisterAsync(node, "kept");
            id = await NodeIdAsync(node);
            node.Signal(PosixSignal.SIGTERM);
            await node.WaitForExitAsync();
        }

        await using NodeProcess again = await NodeProcess.StartAsync(_folder.Path, flags);
        Assert.Equal(id, await NodeIdAsync(again));
        Assert.Equal(["kept"], await NamesAsync(again, "agent/services"));
    }

    private static async Task RegisterAsync(NodeProcess node, string service) => (await node.Http.PutAsJsonAsync(
        new Uri("agent/service/register", UriKind.Relative), new { Name = service })).EnsureSuccessStatusCode();

    private static async Task<string> NodeIdAsync(NodeProcess node) =>
        (await node.Http.GetFromJsonAsync<JsonElement>(new Uri("agent/self", UriKind.Relative)))
            .GetProperty("Config").GetProperty("NodeID").GetString()!;

    private static async Task<string[]> NamesAsync(NodeProcess node, string path) =>
    [
        .. (await node.Http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative))).EnumerateObject()
            .Select(static property => property.Name).Order(StringComparer.Ordinal),
    ];
}
