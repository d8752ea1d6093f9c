using System.Text;
using Discovery.Protocol;
using Discovery.Transport;
using Discovery.Wire;

namespace Discovery.Autopilot;

/// <summary>What operators ask of the leader, and its answers, as bytes.</summary>
/// <remarks>
/// <code>
/// request   node 16, zeros for none | who asks, to the end
/// refusal   1 | error 1 | is the outcome unknown 1 | text, to the end
/// cluster   0 | index 8 | is changing 1 | count 2 | servers
/// health    0 | is healthy 1 | tolerance 4 | is a single copy 1 | count 2 | each: server, is healthy 1, status 1, has contact 1,
///           contact 8, term 8, index 8, stable since 8
/// server    node 16 | name length 1, name | address length 1, address | role 1 | leads 1
/// done      0
/// </code>
/// </remarks>
internal static class OperatorCodec
{
    public static byte[] Request(Guid node, string asker)
    {
        using var into = new WireBuffer();
        into.WriteGuid(node);
        into.Write(Encoding.UTF8.GetBytes(asker));
        return into.WrittenSpan.ToArray();
    }

    public static bool TryReadRequest(ReadOnlySpan<byte> bytes, out Guid node, out string asker)
    {
        var reader = new FieldReader(bytes);
        bool isThere = reader.TryGuid(out node);
        asker = isThere ? new string([.. Encoding.UTF8.GetString(reader.TakeRest()).Where(static c => !char.IsControl(c))]) : "";
        return isThere;
    }

    public static byte[] Done() => [0];

    public static byte[] Refusal(DiscoveryException e) =>
        [1, (byte)e.Error, (byte)(e.WriteOutcome == WriteOutcome.Unknown ? 1 : 0), .. Encoding.UTF8.GetBytes(e.Message)];

    public static byte[] Encode(ClusterConfiguration configuration)
    {
        using var into = new WireBuffer();
        into.WriteByte(0);
        into.WriteUInt64(configuration.Index);
        into.WriteBool(configuration.IsChanging);
        into.WriteUInt16((ushort)configuration.Servers.Count);
        foreach (ClusterServer server in configuration.Servers)
        {
            Write(server, into);
        }

        return into.WrittenSpan.ToArray();
    }

    public static byte[] Encode(ClusterHealth health)
    {
        using var into = new WireBuffer();
        into.WriteByte(0);
        into.WriteBool(health.IsHealthy);
        into.WriteInt32(health.FailureTolerance);
        into.WriteBool(health.IsSingleCopy);
        into.WriteUInt16((ushort)health.Servers.Count);
        foreach (ServerHealth server in health.Servers)
        {
            Write(server.Server, into);
            into.WriteBool(server.IsHealthy);
            into.WriteByte((byte)server.Status);
            into.WriteBool(server.LastContact is not null);
            into.WriteUInt64((ulong)(server.LastContact?.Ticks ?? 0));
            into.WriteUInt64((ulong)server.LastTerm);
            into.WriteUInt64(server.LastIndex);
            into.WriteUInt64((ulong)server.StableSince.UtcTicks);
        }

        return into.WrittenSpan.ToArray();
    }

    /// <summary>Reads whether it was done; null when the bytes are no answer.</summary>
    public static DiscoveryException? TryReadRefusal(ReadOnlySpan<byte> bytes, out bool isAnswer)
    {
        var reader = new FieldReader(bytes);
        isAnswer = reader.TryBool(out bool isRefused);
        if (!isAnswer || !isRefused)
        {
            return null;
        }

        isAnswer = reader.TryByte(out byte error) & reader.TryBool(out bool isUnknown) && error <= (byte)DiscoveryError.Witness;
        return new DiscoveryException(
            (DiscoveryError)error, Encoding.UTF8.GetString(reader.TakeRest()), isUnknown ? WriteOutcome.Unknown : WriteOutcome.NotApplied);
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out ClusterConfiguration configuration)
    {
        configuration = new ClusterConfiguration([], 0, IsChanging: false);
        var reader = new FieldReader(bytes);
        bool isThere = reader.TryByte(out _)
            & reader.TryUInt64(out ulong index)
            & reader.TryBool(out bool isChanging)
            & reader.TryUInt16(out ushort count);
        List<ClusterServer> servers = [];
        while (isThere && servers.Count < count)
        {
            isThere = TryRead(ref reader, out ClusterServer server);
            servers.Add(server);
        }

        configuration = new ClusterConfiguration(servers, index, isChanging);
        return isThere && reader.IsAtEnd && count <= RaftConfiguration.MembersMax * 2;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out ClusterHealth health)
    {
        health = new ClusterHealth(IsHealthy: false, 0, IsSingleCopy: false, []);
        var reader = new FieldReader(bytes);
        bool isThere = reader.TryByte(out _)
            & reader.TryBool(out bool isHealthy)
            & reader.TryInt32(out int tolerance)
            & reader.TryBool(out bool isSingleCopy)
            & reader.TryUInt16(out ushort count);
        List<ServerHealth> servers = [];
        while (isThere && servers.Count < count)
        {
            isThere = TryRead(ref reader, out ServerHealth server);
            servers.Add(server);
        }

        health = new ClusterHealth(isHealthy, tolerance, isSingleCopy, servers);
        return isThere && reader.IsAtEnd;
    }

    private static bool TryRead(ref FieldReader reader, out ServerHealth health)
    {
        bool isThere = TryRead(ref reader, out ClusterServer server)
            & reader.TryBool(out bool isHealthy)
            & reader.TryByte(out byte status)
            & reader.TryBool(out bool hasContact)
            & reader.TryUInt64(out ulong contact)
            & reader.TryUInt64(out ulong term)
            & reader.TryUInt64(out ulong index)
            & reader.TryUInt64(out ulong since)
            && status <= (byte)MemberStatus.Failed && contact <= long.MaxValue && since <= (ulong)DateTimeOffset.MaxValue.Ticks;
        health = new ServerHealth
        {
            Server = server,
            IsHealthy = isHealthy,
            Status = (MemberStatus)status,
            LastContact = hasContact ? TimeSpan.FromTicks((long)contact) : null,
            LastTerm = (long)term,
            LastIndex = index,
            StableSince = isThere ? new DateTimeOffset((long)since, TimeSpan.Zero) : default,
        };
        return isThere;
    }

    private static void Write(ClusterServer server, WireBuffer into)
    {
        into.WriteGuid(server.NodeId);
        into.WriteText(server.Name);
        into.WriteText(server.Address);
        into.WriteByte((byte)server.Role);
        into.WriteBool(server.IsLeader);
    }

    private static bool TryRead(ref FieldReader reader, out ClusterServer server)
    {
        bool isThere = reader.TryGuid(out Guid node)
            & reader.TryText(out string name)
            & reader.TryText(out string address)
            & reader.TryByte(out byte role)
            & reader.TryBool(out bool isLeader)
            && role <= (byte)ServerRole.Witness;
        server = new ClusterServer(node, name, address, (ServerRole)role, isLeader);
        return isThere;
    }
}
