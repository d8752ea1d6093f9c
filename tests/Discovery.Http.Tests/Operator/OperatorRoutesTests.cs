using Discovery.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.Operator;

/// <summary>What the comparison with one Consul server cannot show: several servers, sick ones, and what newer versions have.</summary>
[Trait("Kind", "RealSockets")]
public sealed class OperatorRoutesTests
{
    private static readonly Guid s_first = new("11111111-0000-0000-0000-000000000001");
    private static readonly Guid s_second = new("11111111-0000-0000-0000-000000000002");

    [Fact]
    public async Task Configuration_OfThreeServers_ShowsRolesAndTheLeader()
    {
        await using ApiHost host = await StartAsync();

        Assert.Equal(
            (200, "{\"Servers\":[" + Server(1, "a", "10.0.0.1:8300", "true", "true") + ","
                + Server(2, "b", "10.0.0.2:8300", "false", "true")
                + "," + Server(3, "c", "", "false", "false") + "],\"Index\":42}"),
            await host.GetRawAsync("/v1/operator/raft/configuration"));
        static string Server(int id, string name, string address, string leads, string votes) =>
            $"{{\"ID\":\"11111111-0000-0000-0000-00000000000{id}\",\"Node\":\"{name}\",\"Address\":\"{address}\",\"Leader\":{leads},"
            + $"\"ProtocolVersion\":\"3\",\"Voter\":{votes}}}";
    }

    [Fact]
    public async Task Configuration_WithoutALeader_IsAnErrorUnlessStale()
    {
        await using ApiHost host = await StartAsync(cluster => cluster.Trouble = new DiscoveryException(DiscoveryError.NoLeader, "none"));

        Assert.Equal((500, "No cluster leader"), await host.GetRawAsync("/v1/operator/raft/configuration"));
        Assert.Equal((500, "No cluster leader"), await host.GetRawAsync("/v1/operator/autopilot/health"));
        Assert.Equal(200, (await host.GetRawAsync("/v1/operator/raft/configuration?stale")).Status);
    }

    [Fact]
    public async Task Witness_AmongThree_IsShownAsOneAndTheSingleCopyWithIt()
    {
        await using ApiHost host = await StartAsync(static cluster => cluster.HasWitness = true);
        (_, string configuration) = await host.GetRawAsync("/v1/operator/raft/configuration");
        Assert.Contains("\"ProtocolVersion\":\"3\",\"Voter\":true,\"Witness\":true}],\"Index\":42}", configuration);
        (_, string health) = await host.GetRawAsync("/v1/operator/autopilot/health");
        Assert.StartsWith("{\"Healthy\":false,\"FailureTolerance\":0,\"SingleCopy\":true,\"Servers\":[", health);
        Assert.EndsWith("\"Voter\":true,\"Witness\":true,\"StableSince\":\"2026-01-02T03:04:05Z\"}]}", health);
        (_, string state) = await host.GetRawAsync("/v1/operator/autopilot/state");
        Assert.Contains("\"OptimisticFailureTolerance\":0,\"SingleCopy\":true,", state);
        Assert.Contains("\"NodeType\":\"witness\"}},\"Leader\"", state);
    }

    [Fact]
    public async Task Leave_OfOneOfSeveralServers_TakesItOutOfTheLogToo()
    {
        await using ApiHost host = await StartAsync();

        RawReply reply = await host.SendAsync("/v1/agent/leave", "PUT");

        Assert.Equal((200, ""), (reply.Status, reply.Text));
        Assert.Equal(["leave"], Cluster(host).Calls);
    }

    [Theory]
    [InlineData("id=11111111-0000-0000-0000-000000000002")]
    [InlineData("address=10.0.0.2:8300")]
    public async Task Peer_ThatIsThere_IsRemoved(string name)
    {
        await using ApiHost host = await StartAsync();

        RawReply reply = await host.SendAsync($"/v1/operator/raft/peer?{name}", "DELETE");

        Assert.Equal((200, ""), (reply.Status, reply.Text));
        Assert.Equal([$"remove {s_second}"], Cluster(host).Calls);
    }

    [Fact]
    public async Task Peer_OfNoAddress_IsNotFoundByNone()
    {
        await using ApiHost host = await StartAsync();

        Assert.Equal(
            (500, "address \"\" was not found in the Raft configuration"),
            await host.GetRawAsync("/v1/operator/raft/peer?address=", "DELETE"));
        Assert.Empty(Cluster(host).Calls);
    }

    [Fact]
    public async Task Recover_WithAReason_TellsWhatIsLost()
    {
        await using ApiHost host = await StartAsync();

        Assert.Equal(
            (200, "{\"Cluster\":\"00000001-0000-0000-0000-000000000000\",\"ClusterBefore\":\"00000002-0000-0000-0000-000000000000\","
                + "\"Lineage\":\"00000003-0000-0000-0000-000000000000\",\"LastIndex\":17,\"LastTerm\":4,"
                + $"\"Lost\":[{{\"ID\":\"{s_second}\",\"Node\":\"b\",\"Address\":\"10.0.0.2:8300\"}}]}}"),
            await host.GetRawAsync("/v1/operator/raft/recover?reason=two+disks+burnt", "PUT"));
        Assert.Equal(["recover two disks burnt"], Cluster(host).Calls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?reason=")]
    [InlineData("?reason=%20")]
    [InlineData("?reason=a%00b")]
    [InlineData("?reason=a%0a%5BERROR%5D%20b")]
    public async Task Recover_WithoutAReason_IsRefused(string query)
    {
        await using ApiHost host = await StartAsync();

        RawReply reply = await host.SendAsync("/v1/operator/raft/recover" + query, "PUT");

        Assert.Equal(400, reply.Status);
        Assert.StartsWith("Bad request: ?reason must say why the majority is given up, in one line.", reply.Text);
        Assert.Empty(Cluster(host).Calls);
    }

    [Theory]
    [InlineData("", "transfer ")]
    [InlineData("?id=11111111-0000-0000-0000-000000000002", "transfer 11111111-0000-0000-0000-000000000002")]
    public async Task TransferLeader_ToAnyOrToOne_HandsOver(string query, string expected)
    {
        await using ApiHost host = await StartAsync();

        Assert.Equal((200, "{\"Success\":true}"), await host.GetRawAsync("/v1/operator/raft/transfer-leader" + query, "POST"));
        Assert.Equal([expected], Cluster(host).Calls);
        Assert.Equal(
            (500, "id \"x\" was not found in the Raft configuration"),
            await host.GetRawAsync("/v1/operator/raft/transfer-leader?id=x", "POST"));
    }

    [Fact]
    public async Task Health_OfASickCluster_Is429WithTheSameBody()
    {
        await using ApiHost host = await StartAsync();

        RawReply reply = await host.SendAsync("/v1/operator/autopilot/health");

        Assert.Equal((429, "text/plain; charset=utf-8"), (reply.Status, reply["Content-Type"]));
        Assert.Equal(
            "{\"Healthy\":false,\"FailureTolerance\":0,\"Servers\":["
            + "{\"ID\":\"11111111-0000-0000-0000-000000000001\",\"Name\":\"a\",\"Address\":\"10.0.0.1:8300\",\"SerfStatus\":\"alive\","
            + "\"Version\":\"\",\"Leader\":true,\"LastContact\":\"0s\",\"LastTerm\":2,\"LastIndex\":91,\"Healthy\":true,\"Voter\":true,"
            + "\"StableSince\":\"2026-01-02T03:04:05Z\"},"
            + "{\"ID\":\"11111111-0000-0000-0000-000000000002\",\"Name\":\"b\",\"Address\":\"10.0.0.2:8300\",\"SerfStatus\":\"failed\","
            + "\"Version\":\"\",\"Leader\":false,\"LastContact\":\"-1ns\",\"LastTerm\":0,\"LastIndex\":0,\"Healthy\":false,\"Voter\":true,"
            + "\"StableSince\":\"2026-01-02T03:04:05Z\"}]}",
            reply.Text);
    }

    [Fact]
    public async Task State_OfASickCluster_IsTheMapThatNewerVersionsHave()
    {
        await using ApiHost host = await StartAsync();

        Assert.Equal(
            (200, "{\"Healthy\":false,\"FailureTolerance\":0,\"OptimisticFailureTolerance\":0,\"Servers\":{"
            + "\"11111111-0000-0000-0000-000000000001\":{\"ID\":\"11111111-0000-0000-0000-000000000001\",\"Name\":\"a\","
            + "\"Address\":\"10.0.0.1:8300\",\"NodeStatus\":\"alive\",\"Version\":\"\",\"LastContact\":\"0s\",\"LastTerm\":2,"
            + "\"LastIndex\":91,\"Healthy\":true,\"StableSince\":\"2026-01-02T03:04:05Z\",\"ReadReplica\":false,\"Status\":\"leader\","
            + "\"Meta\":null,\"NodeType\":\"voter\"},"
            + "\"11111111-0000-0000-0000-000000000002\":{\"ID\":\"11111111-0000-0000-0000-000000000002\",\"Name\":\"b\","
            + "\"Address\":\"10.0.0.2:8300\",\"NodeStatus\":\"failed\",\"Version\":\"\",\"LastContact\":\"-1ns\",\"LastTerm\":0,"
            + "\"LastIndex\":0,\"Healthy\":false,\"StableSince\":\"2026-01-02T03:04:05Z\",\"ReadReplica\":false,\"Status\":\"voter\","
            + "\"Meta\":null,\"NodeType\":\"voter\"}},\"Leader\":\"11111111-0000-0000-0000-000000000001\","
            + "\"Voters\":[\"11111111-0000-0000-0000-000000000001\",\"11111111-0000-0000-0000-000000000002\"]}"),
            await host.GetRawAsync("/v1/operator/autopilot/state"));
    }

    [Fact]
    public async Task Rules_NeverSet_CanBeSetByCheckAndSetOfNone()
    {
        await using ApiHost host = await StartAsync();
        const string path = "/v1/operator/autopilot/configuration";

        Assert.EndsWith("\"CreateIndex\":0,\"ModifyIndex\":0}", (await host.GetRawAsync(path)).Body);
        Assert.Equal((200, "true"), await host.GetRawAsync(path + "?cas=0", "PUT", body: "{\"MaxTrailingLogs\":5}"));
        Assert.Equal((200, "false"), await host.GetRawAsync(path + "?cas=0", "PUT", body: "{}"));
        Assert.Equal(5UL, host.App.Services.GetRequiredService<IAutopilotStore>().Current.MaxTrailingLogs);
        Assert.Equal(
            (400, "Bad request: Error parsing autopilot config: json: cannot unmarshal number 4294967296 into Go struct field "
                + "AutopilotConfiguration.MinQuorum of type uint"),
            await host.GetRawAsync(path, "PUT", body: "{\"MinQuorum\":4294967296}"));
    }

    private static PlannedCluster Cluster(ApiHost host) => (PlannedCluster)host.App.Services.GetRequiredService<IClusterOperator>();

    private static Task<ApiHost> StartAsync(Action<PlannedCluster>? plan = null)
    {
        var cluster = new PlannedCluster();
        plan?.Invoke(cluster);
        return ApiHost.StartAsync(build: builder => builder.Services.AddSingleton<IClusterOperator>(cluster));
    }

    private sealed class PlannedCluster : IClusterOperator
    {
        private static readonly ClusterServer s_a = new(s_first, "a", "10.0.0.1:8300", ServerRole.Voter, true);
        private static readonly ClusterServer s_b = new(s_second, "b", "10.0.0.2:8300", ServerRole.Voter, false);
        private static readonly ClusterServer s_c =
            new(new Guid("11111111-0000-0000-0000-000000000003"), "c", "", ServerRole.Learner, false);

        public List<string> Calls { get; } = [];

        public DiscoveryException? Trouble { get; set; }

        public bool HasWitness { get; set; }

        public ClusterConfiguration Configuration => new([s_a, s_b, HasWitness ? Witness : s_c], 42, IsChanging: false);

        private static ClusterServer Witness => s_c with { Role = ServerRole.Witness };

        public ValueTask<ClusterConfiguration> ReadConfigurationAsync(CancellationToken cancellationToken = default) =>
            Trouble is null ? ValueTask.FromResult(Configuration) : throw Trouble;

        public ValueTask<ClusterHealth> ReadHealthAsync(CancellationToken cancellationToken = default) =>
            Trouble is not null ? throw Trouble
            : ValueTask.FromResult(HasWitness
                ? new ClusterHealth(false, 0, IsSingleCopy: true, [Of(s_a, true), Of(s_b, false), Of(Witness, true)])
                : new ClusterHealth(false, 0, IsSingleCopy: false, [Of(s_a, true), Of(s_b, false)]));

        public ValueTask RemoveServerAsync(Guid nodeId, CancellationToken cancellationToken = default) => Note($"remove {nodeId}");

        public ValueTask TransferLeadershipAsync(Guid? nodeId = null, CancellationToken cancellationToken = default) =>
            Note($"transfer {nodeId}");

        public ValueTask LeaveAsync(CancellationToken cancellationToken = default) => Note("leave");

        public async ValueTask<RecoveryReport> RecoverAsync(string reason, CancellationToken cancellationToken = default)
        {
            await Note($"recover {reason}");
            return Trouble is not null ? throw Trouble
                : new RecoveryReport(Id(1), Id(2), Id(3), 17, 4, [Of(s_b, false).Server]);
        }

        private static Guid Id(int number) => new(number, 0, 0, new byte[8]);

        private ValueTask Note(string call)
        {
            Calls.Add(call);
            return ValueTask.CompletedTask;
        }

        private static ServerHealth Of(ClusterServer server, bool isHealthy) => new()
        {
            Server = server,
            IsHealthy = isHealthy,
            Status = isHealthy ? MemberStatus.Alive : MemberStatus.Failed,
            LastContact = isHealthy ? TimeSpan.Zero : null,
            LastTerm = isHealthy ? 2 : 0,
            LastIndex = isHealthy ? 91UL : 0,
            StableSince = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        };
    }
}
