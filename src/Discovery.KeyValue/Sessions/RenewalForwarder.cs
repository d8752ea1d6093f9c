using System.Buffers;
using System.Globalization;
using System.Net;
using Discovery.Wire;

namespace Discovery.Sessions;

/// <summary>Has the leader renew a session: renewals are not in the log, so they do not get there by it.</summary>
internal sealed class RenewalForwarder(ICommandLog log, IMembershipSource membership, IRpcClient client, CallScope scope)
{
    /// <summary>The field by which a server tells that it has forwarded: who gets it renews or refuses, and does not ask another.</summary>
    public const string Forwarded = "DiscoveryForwarded";

    private static readonly RpcCallOptions s_options = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Where the leader is, when it is another node.</summary>
    public bool TryFindLeader(out DnsEndPoint address)
    {
        Leadership leadership = log.Leadership;
        Member? leader = leadership.IsLeader || leadership.Leader is null ? null
            : membership.Members.FirstOrDefault(one => string.Equals(one.Name, leadership.Leader, StringComparison.OrdinalIgnoreCase));
        bool isKnown = int.TryParse(
            leader?.Tags.GetValueOrDefault("port"), NumberStyles.None, CultureInfo.InvariantCulture, out int port);
        address = isKnown ? new DnsEndPoint(leader!.Address, port) : null!;
        return isKnown;
    }

    /// <summary>Asks the leader; false when it has no such session, or is about to end it.</summary>
    /// <exception cref="DiscoveryException">It was not reached, or does not lead any more: try again while the lease lasts.</exception>
    public async ValueTask<bool> RenewAsync(Guid id, DnsEndPoint leader, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> reply = await client.CallAsync(
            [leader], "Session.Renew", Encode(id, scope.Datacenter), s_options, cancellationToken);
        return TryRead(reply.Span, out int sessions)
            ? sessions > 0
            : throw new DiscoveryException(
                DiscoveryError.PeerUnreachable, $"{leader.Host}:{leader.Port} answered a renewal with nonsense.");
    }

    private static byte[] Encode(Guid id, string datacenter)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output) { OldSpec = true };
        writer.WriteMapHeader(3);
        writer.Write("Datacenter");
        writer.Write(datacenter);
        writer.Write("SessionID");
        writer.Write(id.ToString("D"));
        writer.Write(Forwarded);
        writer.Write(true);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static bool TryRead(ReadOnlySpan<byte> reply, out int sessions)
    {
        sessions = 0;
        var reader = new MessagePackReader(reply) { OldSpec = true };
        bool isRead = reader.TryReadMapHeader(out int fields);
        for (int i = 0; isRead && i < fields; i++)
        {
            isRead = reader.TryReadStringSpan(out ReadOnlySpan<byte> name);
            if (isRead && name.SequenceEqual("Sessions"u8))
            {
                return reader.TryReadNil() || reader.TryReadArrayHeader(out sessions);
            }

            isRead = isRead && reader.TrySkip();
        }

        return false;
    }
}
