using System.Buffers.Binary;
using Discovery.Consul;
using Discovery.Membership;
using Discovery.Wire;

namespace Discovery.Rpc;

/// <summary><c>Operator</c>: who keeps the log, and the rules of autopilot.</summary>
internal sealed class OperatorMethods(IClusterOperator cluster, IAutopilotStore store, IMembershipSource membership) : IRpcMethodGroup
{
    private const string Protocol = "3";

    private static readonly RpcShape<ConfigurationFields> s_configuration = new(
        new("CleanupDeadServers", static (ref reader, one) => reader.ReadBoolean(ref one.CleanupDeadServers)),
        new("LastContactThreshold", static (ref reader, one) => reader.ReadDuration(ref one.LastContactThreshold)),
        new("MaxTrailingLogs", static (ref reader, one) => reader.ReadUnsigned(ref one.MaxTrailingLogs)),
        new("MinQuorum", static (ref reader, one) => reader.ReadUnsigned(ref one.MinQuorum)),
        new("ServerStabilizationTime", static (ref reader, one) => reader.ReadDuration(ref one.ServerStabilizationTime)),
        new("RedundancyZoneTag", static (ref reader, one) => reader.ReadText(ref one.RedundancyZoneTag)),
        new("DisableUpgradeMigration", static (ref reader, one) => reader.ReadBoolean(ref one.DisableUpgradeMigration)),
        new("UpgradeVersionTag", static (ref reader, one) => reader.ReadText(ref one.UpgradeVersionTag)),
        new("CreateIndex", static (ref reader, one) => reader.ReadUnsigned(ref one.CreateIndex)),
        new("ModifyIndex", static (ref reader, one) => reader.ReadUnsigned(ref one.ModifyIndex)));

    private static readonly RpcShape<SetRequest> s_set = new(
        RpcFields.Datacenter<SetRequest>(),
        new("Config", static (ref reader, request) => reader.ReadObject(s_configuration, request.Configuration)),
        new("CAS", static (ref reader, request) => reader.ReadBoolean(ref request.IsCompared)),
        RpcFields.Token<SetRequest>());

    private static readonly RpcShape<RemoveRequest> s_remove = new(
        RpcFields.Datacenter<RemoveRequest>(),
        new("ID", static (ref reader, request) => reader.ReadText(ref request.Id)),
        new("Address", static (ref reader, request) => reader.ReadText(ref request.Address)),
        RpcFields.Token<RemoveRequest>());

    public IReadOnlyList<RpcMethod> Methods =>
    [
        new("Operator.RaftGetConfiguration", RaftGetConfigurationAsync),
        new("Operator.RaftRemovePeerByAddress", call => RemoveAsync(
            call, static (configuration, request) => ClusterServers.ByAddress(configuration, request.Address))),
        new("Operator.RaftRemovePeerByID", call => RemoveAsync(
            call, static (configuration, request) => ClusterServers.ById(configuration, request.Id))),
        new("Operator.AutopilotGetConfiguration", AutopilotGetConfigurationAsync),
        new("Operator.AutopilotSetConfiguration", AutopilotSetConfigurationAsync),
        new("Operator.ServerHealth", ServerHealthAsync),
    ];

    private async ValueTask RaftGetConfigurationAsync(RpcCall call)
    {
        CatalogRequest request = CatalogRequest.Read(call, CatalogRequest.OfDatacenter);
        ClusterConfiguration configuration = request.AllowStale
            ? cluster.Configuration
            : await cluster.ReadConfigurationAsync(call.Aborted);
        RpcReplies.Write(call, configuration, static (ref writer, body) =>
        {
            writer.WriteMapHeader(2);
            writer.Write("Index");
            writer.Write(body.Index);
            writer.Write("Servers");
            RpcReplies.WriteList(ref writer, body.Servers, static (ref writer, server) =>
            {
                writer.WriteMapHeader(6);
                Text(ref writer, "Address", server.Address);
                writer.Write("ID");
                RpcReplies.WriteId(ref writer, server.NodeId);
                Flag(ref writer, "Leader", server.IsLeader);
                Text(ref writer, "Node", server.Name);
                Text(ref writer, "ProtocolVersion", Protocol);
                Flag(ref writer, "Voter", server.Role != ServerRole.Learner);
            });
        });
    }

    private async ValueTask RemoveAsync(RpcCall call, Func<ClusterConfiguration, RemoveRequest, ClusterServer> find)
    {
        RemoveRequest request = RpcReader.Read(call.Body.Span, s_remove);
        request.RequireDatacenter(call);
        ClusterServer server = find(await cluster.ReadConfigurationAsync(call.Aborted), request);
        await cluster.RemoveServerAsync(server.NodeId, call.Aborted);
        RpcReplies.Empty(call);
    }

    private async ValueTask AutopilotGetConfigurationAsync(RpcCall call)
    {
        CatalogRequest request = CatalogRequest.Read(call, CatalogRequest.OfDatacenter);
        QueryOptions options = request.OptionsOf(call) with { AfterIndex = 0 };
        QueryReply<AutopilotConfiguration> reply = await store.ReadAsync(options, call.Aborted);
        RpcReplies.Write(call, reply.Body, static (ref writer, body) =>
        {
            writer.WriteMapHeader(10);
            Flag(ref writer, "CleanupDeadServers", body.CleanupDeadServers);
            Number(ref writer, "CreateIndex", body.CreateIndex);
            Flag(ref writer, "DisableUpgradeMigration", body.DisableUpgradeMigration);
            Duration(ref writer, "LastContactThreshold", body.LastContactThreshold);
            Number(ref writer, "MaxTrailingLogs", body.MaxTrailingLogs);
            Number(ref writer, "MinQuorum", body.MinQuorum);
            Number(ref writer, "ModifyIndex", body.ModifyIndex);
            Text(ref writer, "RedundancyZoneTag", body.RedundancyZoneTag);
            Duration(ref writer, "ServerStabilizationTime", body.ServerStabilizationTime);
            Text(ref writer, "UpgradeVersionTag", body.UpgradeVersionTag);
        });
    }

    // As in Consul, true is told of a check-and-set only; without one there is no error, and that is all.
    private async ValueTask AutopilotSetConfigurationAsync(RpcCall call)
    {
        SetRequest request = RpcReader.Read(call.Body.Span, s_set);
        request.RequireDatacenter(call);
        ConfigurationFields given = request.Configuration;
        if (given.MinQuorum > uint.MaxValue)
        {
            throw new DiscoveryException(DiscoveryError.InvalidRequest, $"MinQuorum is more than {uint.MaxValue}");
        }

        bool isSet = await store.SetAsync(
            given.ToConfiguration(),
            request.IsCompared ? given.ModifyIndex : null,
            request.ContextOf(call),
            call.Aborted);
        RpcReplies.Boolean(call, isSet && request.IsCompared);
    }

    private async ValueTask ServerHealthAsync(RpcCall call)
    {
        CatalogRequest.Read(call, CatalogRequest.OfDatacenter);
        ClusterHealth health = await cluster.ReadHealthAsync(call.Aborted);
        IReadOnlyList<Member> members = membership.Members;
        (ServerHealth, string)[] servers = [.. health.Servers.Select(one => (one, VersionOf(one, members)))];
        RpcReplies.Write(call, (health, servers), static (ref writer, body) =>
        {
            writer.WriteMapHeader(3);
            Number(ref writer, "FailureTolerance", (ulong)body.health.FailureTolerance);
            Flag(ref writer, "Healthy", body.health.IsHealthy);
            writer.Write("Servers");
            RpcReplies.WriteList(ref writer, body.servers, Write);
        });
    }

    private static void Write(ref MessagePackWriter writer, (ServerHealth One, string Version) server)
    {
        ServerHealth one = server.One;
        writer.WriteMapHeader(12);
        Text(ref writer, "Address", one.Server.Address);
        Flag(ref writer, "Healthy", one.IsHealthy);
        writer.Write("ID");
        RpcReplies.WriteId(ref writer, one.Server.NodeId);
        writer.Write("LastContact");
        if (one.LastContact is { } silence)
        {
            RpcReplies.WriteDuration(ref writer, silence);
        }
        else
        {
            writer.Write(-1L);
        }

        Number(ref writer, "LastIndex", one.LastIndex);
        Number(ref writer, "LastTerm", (ulong)one.LastTerm);
        Flag(ref writer, "Leader", one.Server.IsLeader);
        Text(ref writer, "Name", one.Server.Name);
        Number(ref writer, "SerfStatus", (ulong)(int)one.Status);
        writer.Write("StableSince");
        WriteTime(ref writer, one.StableSince);
        Text(ref writer, "Version", server.Version);
        Flag(ref writer, "Voter", one.Server.Role != ServerRole.Learner);
    }

    // Go's binary form of a time: version, seconds since the year 1, nanoseconds, minutes of offset.
    private static void WriteTime(ref MessagePackWriter writer, DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[15];
        bytes.Clear();
        bytes[0] = 1;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], time.UtcTicks / TimeSpan.TicksPerSecond);
        BinaryPrimitives.WriteInt32BigEndian(bytes[9..], (int)(time.UtcTicks % TimeSpan.TicksPerSecond) * 100);
        writer.Write(bytes);
    }

    private static string VersionOf(ServerHealth one, IReadOnlyList<Member> members)
    {
        Member? member = members.FirstOrDefault(member => MemberTags.IdOf(member) == one.Server.NodeId);
        return member is null ? "" : MemberTags.VersionOf(member);
    }

    private static void Text(ref MessagePackWriter writer, string name, string value)
    {
        writer.Write(name);
        writer.Write(value);
    }

    private static void Flag(ref MessagePackWriter writer, string name, bool value)
    {
        writer.Write(name);
        writer.Write(value);
    }

    private static void Number(ref MessagePackWriter writer, string name, ulong value)
    {
        writer.Write(name);
        writer.Write(value);
    }

    private static void Duration(ref MessagePackWriter writer, string name, TimeSpan value)
    {
        writer.Write(name);
        RpcReplies.WriteDuration(ref writer, value);
    }

    private sealed class SetRequest : RpcRequest
    {
        public readonly ConfigurationFields Configuration = new();
        public bool IsCompared;
    }

    private sealed class RemoveRequest : RpcRequest
    {
        public string Id = "";
        public string Address = "";
    }

    private sealed class ConfigurationFields
    {
        public bool CleanupDeadServers;
        public TimeSpan? LastContactThreshold;
        public ulong MaxTrailingLogs;
        public ulong MinQuorum;
        public TimeSpan? ServerStabilizationTime;
        public string RedundancyZoneTag = "";
        public bool DisableUpgradeMigration;
        public string UpgradeVersionTag = "";
        public ulong CreateIndex;
        public ulong ModifyIndex;

        public AutopilotConfiguration ToConfiguration() => new()
        {
            CleanupDeadServers = CleanupDeadServers,
            LastContactThreshold = LastContactThreshold ?? TimeSpan.Zero,
            MaxTrailingLogs = MaxTrailingLogs,
            MinQuorum = (uint)MinQuorum,
            ServerStabilizationTime = ServerStabilizationTime ?? TimeSpan.Zero,
            RedundancyZoneTag = RedundancyZoneTag,
            DisableUpgradeMigration = DisableUpgradeMigration,
            UpgradeVersionTag = UpgradeVersionTag,
        };
    }
}
