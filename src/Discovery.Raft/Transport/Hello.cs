using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>What the two sides of a connection say first, and the answer to it. <see cref="HelloCodec"/> has the bytes.</summary>
/// <param name="Code">The purpose, or of an answer the refusal.</param>
/// <param name="Cluster">The sender's cluster.</param>
/// <param name="From">The sender.</param>
/// <param name="To">Whom the sender means; nobody in an answer.</param>
/// <param name="Name">The sender's node name.</param>
internal sealed record Hello(byte Code, Guid Cluster, VoterId From, VoterId To, string Name)
{
    /// <summary>The most servers that an answer tells of.</summary>
    public const int KnownMax = 64;

    public static ReadOnlySpan<byte> Magic => "DRFT"u8;

    public static ReadOnlySpan<byte> AnswerMagic => "DRFA"u8;

    /// <summary>The cluster that the sender's own has taken the place of, by a recovery.</summary>
    public Guid Before { get; init; }

    /// <summary>Where the sender's RPC port is, as <c>host:port</c>; empty when it does not know.</summary>
    public string Address { get; init; } = "";

    /// <summary>Whether the sender keeps no copy of the state, and never leads.</summary>
    public bool IsWitness { get; init; }

    /// <summary>The entry by which the sender's log has it as a member; zero for none, of term 0 when only a snapshot tells.</summary>
    public LogPosition MemberAt { get; init; }

    /// <summary>Of an answer: what the other one is in the cluster.</summary>
    public Standing Standing { get; init; }

    /// <summary>Of an introduction: what is asked or answered while a cluster forms.</summary>
    public FormationVote? Vote { get; init; }

    /// <summary>Of an answer to an introduction: the servers that the sender has reached lately.</summary>
    public IReadOnlyList<KnownPeer> Known { get; init; } = [];

    public byte[] Encode(ReadOnlySpan<byte> magic) => HelloCodec.Encode(this, magic);
}
