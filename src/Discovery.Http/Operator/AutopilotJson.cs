using System.Globalization;
using Discovery.Infrastructure;
using Discovery.Wire;

namespace Discovery.Operator;

/// <summary>Writes what autopilot is told and tells, as Consul's JSON has it.</summary>
internal static class AutopilotJson
{
    // What Consul has for a server that was never heard.
    private const string Never = "-1ns";

    public static JsonBuffer Write(JsonBuffer json, AutopilotConfiguration one)
    {
        json.Raw("{\"CleanupDeadServers\":"u8).Bool(one.CleanupDeadServers);
        json.Raw(",\"LastContactThreshold\":"u8).String(GoDuration.Format(one.LastContactThreshold));
        json.Raw(",\"MaxTrailingLogs\":"u8).Number(one.MaxTrailingLogs);
        json.Raw(",\"MinQuorum\":"u8).Number((ulong)one.MinQuorum);
        json.Raw(",\"ServerStabilizationTime\":"u8).String(GoDuration.Format(one.ServerStabilizationTime));
        json.Raw(",\"RedundancyZoneTag\":"u8).String(one.RedundancyZoneTag);
        json.Raw(",\"DisableUpgradeMigration\":"u8).Bool(one.DisableUpgradeMigration);
        json.Raw(",\"UpgradeVersionTag\":"u8).String(one.UpgradeVersionTag);
        json.Raw(",\"CreateIndex\":"u8).Number(one.CreateIndex);
        return json.Raw(",\"ModifyIndex\":"u8).Number(one.ModifyIndex).Byte((byte)'}');
    }

    public static JsonBuffer WriteHealth(JsonBuffer json, ClusterHealth health, IReadOnlyList<Member> members)
    {
        json.Raw("{\"Healthy\":"u8).Bool(health.IsHealthy);
        json.Raw(",\"FailureTolerance\":"u8).Number((long)health.FailureTolerance);
        WriteSingleCopy(json, health);
        json.Raw(",\"Servers\":["u8);
        for (int i = 0; i < health.Servers.Count; i++)
        {
            ServerHealth one = health.Servers[i];
            WriteName(i > 0 ? json.Byte((byte)',') : json, one);
            json.Raw(",\"SerfStatus\":"u8).String(StatusOf(one));
            json.Raw(",\"Version\":"u8).String(VersionOf(one, members));
            json.Raw(",\"Leader\":"u8).Bool(one.Server.IsLeader);
            WriteProgress(json, one);
            json.Raw(",\"Voter\":"u8).Bool(one.Server.Role != ServerRole.Learner);
            WriteWitness(json, one.Server);
            json.Raw(",\"StableSince\":"u8).String(Time(one.StableSince)).Byte((byte)'}');
        }

        return json.Raw("]}"u8);
    }

    public static JsonBuffer WriteState(JsonBuffer json, ClusterHealth health, IReadOnlyList<Member> members)
    {
        json.Raw("{\"Healthy\":"u8).Bool(health.IsHealthy);
        json.Raw(",\"FailureTolerance\":"u8).Number((long)health.FailureTolerance);
        json.Raw(",\"OptimisticFailureTolerance\":"u8).Number((long)health.FailureTolerance);
        WriteSingleCopy(json, health);
        json.Raw(",\"Servers\":{"u8);
        for (int i = 0; i < health.Servers.Count; i++)
        {
            ServerHealth one = health.Servers[i];
            (i > 0 ? json.Byte((byte)',') : json).Id(one.Server.NodeId);
            WriteName(json.Byte((byte)':'), one);
            json.Raw(",\"NodeStatus\":"u8).String(StatusOf(one));
            json.Raw(",\"Version\":"u8).String(VersionOf(one, members));
            WriteProgress(json, one);
            json.Raw(",\"StableSince\":"u8).String(Time(one.StableSince));
            json.Raw(",\"ReadReplica\":false,\"Status\":"u8).String(RoleOf(one.Server));
            json.Raw(",\"Meta\":null,\"NodeType\":"u8).String(one.Server.Role == ServerRole.Witness ? "witness" : "voter");
            json.Byte((byte)'}');
        }

        ClusterServer? leader = health.Servers.Select(static one => one.Server).FirstOrDefault(static one => one.IsLeader);
        json.Raw("},\"Leader\":"u8).String(leader is null ? "" : leader.NodeId.ToString("D"));
        return json.Raw(",\"Voters\":"u8).Strings(
            [
                .. health.Servers.Where(static one => one.Server.Role != ServerRole.Learner)
                    .Select(static one => one.Server.NodeId.ToString("D")),
            ]).Byte((byte)'}');
    }

    // Consul has no witnesses: these two are said only where there is one.
    private static void WriteSingleCopy(JsonBuffer json, ClusterHealth health)
    {
        if (health.Servers.Any(static one => one.Server.Role == ServerRole.Witness))
        {
            json.Raw(",\"SingleCopy\":"u8).Bool(health.IsSingleCopy);
        }
    }

    private static void WriteWitness(JsonBuffer json, ClusterServer server)
    {
        if (server.Role == ServerRole.Witness)
        {
            json.Raw(",\"Witness\":true"u8);
        }
    }

    private static void WriteName(JsonBuffer json, ServerHealth one)
    {
        json.Raw("{\"ID\":"u8).Id(one.Server.NodeId);
        json.Raw(",\"Name\":"u8).String(one.Server.Name);
        json.Raw(",\"Address\":"u8).String(one.Server.Address);
    }

    private static void WriteProgress(JsonBuffer json, ServerHealth one)
    {
        json.Raw(",\"LastContact\":"u8).String(one.LastContact is { } silence ? GoDuration.Format(silence) : Never);
        json.Raw(",\"LastTerm\":"u8).Number(one.LastTerm);
        json.Raw(",\"LastIndex\":"u8).Number(one.LastIndex);
        json.Raw(",\"Healthy\":"u8).Bool(one.IsHealthy);
    }

    private static string StatusOf(ServerHealth one) => one.Status switch
    {
        MemberStatus.Alive => "alive",
        MemberStatus.Leaving => "leaving",
        MemberStatus.Left => "left",
        MemberStatus.Failed => "failed",
        _ => "none",
    };

    private static string RoleOf(ClusterServer server) => server.IsLeader ? "leader"
        : server.Role == ServerRole.Learner ? "non-voter"
        : "voter";

    private static string VersionOf(ServerHealth one, IReadOnlyList<Member> members)
    {
        string id = one.Server.NodeId.ToString("D");
        Member? member = members.FirstOrDefault(member => member.Tags.GetValueOrDefault("id") == id);
        return member?.Tags.GetValueOrDefault("build", "").Split(':')[0] ?? "";
    }

    // Go's form of a time, to the second: nobody looks closer at how long a server is stable.
    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
