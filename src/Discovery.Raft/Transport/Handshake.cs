using System.Globalization;
using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Says hello on a new connection and judges the other side's.</summary>
internal static class Handshake
{
    private const string Remedy =
        "A member of the cluster before comes back with an empty raft directory only: stop it, move the directory away, start it";

    private const byte TlsAlert = 0x15;
    private const byte TlsHandshake = 0x16;

    /// <summary>From the side that opened the connection.</summary>
    /// <returns>The other side's answer.</returns>
    /// <exception cref="HelloException">It refuses, or it is no server of ours.</exception>
    public static async Task<Hello> OpenAsync(
        Stream stream, TransportIdentity self, VoterId peer, Purpose purpose, CancellationToken cancellationToken)
    {
        Hello hello = self.Say((byte)purpose, peer);
        await stream.WriteAsync(hello.Encode(Hello.Magic), cancellationToken);
        Hello answer = await ReadAsync(stream, HelloSide.Answer, cancellationToken);
        if ((HelloRefusal)answer.Code != HelloRefusal.None)
        {
            throw Refused((HelloRefusal)answer.Code, answer, self, peer);
        }

        // It has judged the same; the other side's word alone is not taken for it.
        HelloRefusal own = !self.Fits(answer.Cluster) ? HelloRefusal.OtherCluster
            : answer.From.Node != peer.Node ? HelloRefusal.OtherNode
            : answer.From != peer && peer.Log != Guid.Empty ? HelloRefusal.OtherLog
            : HelloRefusal.None;
        return own == HelloRefusal.None ? answer : throw Refused(own, answer, self, peer);
    }

    /// <summary>Asks who is at the other end, whoever that is.</summary>
    /// <returns>Its answer, a refusal too: it says who it is in any case.</returns>
    /// <exception cref="HelloException">It is no server of ours.</exception>
    public static async Task<Hello> AskAsync(
        Stream stream, TransportIdentity self, FormationVote? vote, CancellationToken cancellationToken)
    {
        Hello hello = self.Say((byte)Purpose.Introduction, VoterId.None) with { Vote = vote };
        await stream.WriteAsync(hello.Encode(Hello.Magic), cancellationToken);
        return await ReadAsync(stream, HelloSide.Answer, cancellationToken);
    }

    /// <summary>From the side that the connection came to.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="self">This server.</param>
    /// <param name="judge">Refuses for reasons of the caller; called once all else is well.</param>
    /// <param name="introductions">Adds to the answer of an introduction.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The other side's hello.</returns>
    /// <exception cref="HelloException">It was refused, and told so.</exception>
    public static async Task<Hello> AcceptAsync(
        Stream stream,
        TransportIdentity self,
        Func<Hello, HelloRefusal> judge,
        IIntroductions? introductions,
        CancellationToken cancellationToken)
    {
        Hello hello;
        HelloRefusal refusal;
        try
        {
            hello = await ReadAsync(stream, HelloSide.Hello, cancellationToken);
            refusal = Judge(hello, self);
            refusal = refusal == HelloRefusal.None ? judge(hello) : refusal;
        }
        catch (HelloException e) when (e.Refusal is HelloRefusal.OtherFormat or HelloRefusal.Malformed)
        {
            await AnswerAsync(stream, self.Say((byte)e.Refusal, VoterId.None), cancellationToken);
            throw;
        }

        Hello answer = self.Say((byte)refusal, VoterId.None);
        if (hello.Code == (byte)Purpose.Introduction && refusal == HelloRefusal.None && introductions is not null)
        {
            answer = await introductions.AnswerAsync(hello, answer, cancellationToken);
        }

        await AnswerAsync(stream, answer, cancellationToken);
        return refusal == HelloRefusal.None ? hello : throw new HelloException(refusal, Tell(refusal, hello, self));
    }

    private static HelloRefusal Judge(Hello hello, TransportIdentity self) =>
        hello.Code is < (byte)Purpose.Messages or > (byte)Purpose.Introduction || hello.From == VoterId.None ? HelloRefusal.Malformed
        : !self.Fits(hello.Cluster) ? HelloRefusal.OtherCluster
        : hello.Code == (byte)Purpose.Introduction ? HelloRefusal.None
        : hello.From.Node == self.Self.Node ? HelloRefusal.SameNode
        : hello.To.Node != self.Self.Node ? HelloRefusal.OtherNode
        : hello.To.Log != self.Self.Log && hello.To.Log != Guid.Empty ? HelloRefusal.OtherLog
        : HelloRefusal.None;

    private static async Task AnswerAsync(Stream stream, Hello answer, CancellationToken cancellationToken) =>
        await stream.WriteAsync(answer.Encode(Hello.AnswerMagic), cancellationToken);

    private static async Task<Hello> ReadAsync(Stream stream, HelloSide side, CancellationToken cancellationToken)
    {
        var bytes = new byte[HelloCodec.PrefixBytes];
        int read = await stream.ReadAsync(bytes, cancellationToken);
        if (read > 0 && bytes[0] is TlsAlert or TlsHandshake)
        {
            // An alert of TLS is shorter than a hello's beginning.
            throw new HelloException(HelloRefusal.OtherSecurity, "it speaks TLS and this server does not: give both the same TLS options");
        }

        int left = HelloCodec.PrefixBytes - read;
        read += read == 0
            ? 0
            : await stream.ReadAtLeastAsync(bytes.AsMemory(read, left), left, throwOnEndOfStream: false, cancellationToken);
        if (read < HelloCodec.PrefixBytes)
        {
            throw new HelloException(
                HelloRefusal.OtherSecurity,
                "it has closed the connection without a hello: it is no server of this kind, or expects TLS, or starts or stops");
        }

        ReadOnlySpan<byte> magic = side == HelloSide.Hello ? Hello.Magic : Hello.AnswerMagic;
        if (!HelloCodec.TryReadPrefix(bytes, magic, out ushort format, out int rest))
        {
            throw new HelloException(HelloRefusal.Malformed, "it speaks another protocol");
        }

        if (format != MessageCodec.Format)
        {
            throw new HelloException(HelloRefusal.OtherFormat, string.Create(
                CultureInfo.InvariantCulture,
                $"it speaks format {format} and this server speaks {MessageCodec.Format}: give both the same version"));
        }

        Array.Resize(ref bytes, HelloCodec.PrefixBytes + rest);
        await stream.ReadExactlyAsync(bytes.AsMemory(HelloCodec.PrefixBytes), cancellationToken);
        return HelloCodec.TryRead(bytes, out Hello? hello)
            ? hello!
            : throw new HelloException(HelloRefusal.Malformed, "its hello is malformed");
    }

    private static HelloException Refused(HelloRefusal refusal, Hello answer, TransportIdentity self, VoterId peer) =>
        new(refusal, refusal switch
        {
            HelloRefusal.OtherNode => $"at its address is node {answer.From.Node} (\"{answer.Name}\"), and node {peer.Node} was meant",
            HelloRefusal.OtherLog => $"it has log {answer.From.Log}, and {peer.Log} was meant: its data directory was replaced",
            _ => Tell(refusal, answer, self),
        });

    private static string Tell(HelloRefusal refusal, Hello other, TransportIdentity self) => refusal switch
    {
        HelloRefusal.OtherCluster when other.Cluster == self.Before && self.Before != Guid.Empty =>
            $"it belongs to cluster {other.Cluster}, which was given up for {self.Cluster} by a recovery. {Remedy}",
        HelloRefusal.OtherCluster when other.Before == self.Cluster && self.Cluster != Guid.Empty =>
            $"it belongs to cluster {other.Cluster}, which has taken the place of {self.Cluster} by a recovery. {Remedy}",
        HelloRefusal.OtherCluster => $"it belongs to cluster {other.Cluster}, and this server to {self.Cluster}",
        HelloRefusal.OtherFormat => "it speaks another format: give both the same version",
        HelloRefusal.SameNode => $"both have node id {self.Self.Node}: a data directory was copied, or this server is its own peer",
        HelloRefusal.OtherNode => $"it means node {other.To.Node}, and this is node {self.Self.Node}: its list of addresses is out of date",
        HelloRefusal.OtherLog =>
            $"it means log {other.To.Log}, and this node has log {self.Self.Log}: a data directory was replaced, and this is a new member",
        HelloRefusal.NotReady => "the log is not open yet",
        HelloRefusal.Busy => "another snapshot is on its way",
        _ => "the hello makes no sense",
    };

    private enum HelloSide
    {
        Hello,
        Answer,
    }
}
