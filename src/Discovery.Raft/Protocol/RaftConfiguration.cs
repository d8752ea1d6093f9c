using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Discovery.Protocol;

/// <summary>Who takes part: the members, and while a change is under way (joint consensus) also those of before.</summary>
/// <remarks>
/// Encoded, little endian: format (1 byte, 1), number of members (2), number of those of before (2), then each member: node id (16), log id
/// (16), role (1). Members are in the order of their ids, without duplicates.
/// </remarks>
internal sealed class RaftConfiguration : IEquatable<RaftConfiguration>
{
    public const int MembersMax = 1000;

    private const byte Format = 1;
    private const int HeaderBytes = 5;
    private const int MemberBytes = VoterId.EncodedBytes + 1;

    public static readonly RaftConfiguration Empty = new([], []);

    private RaftConfiguration(ImmutableArray<RaftMember> members, ImmutableArray<RaftMember> before)
    {
        Members = members;
        Before = before;
    }

    /// <summary>The members, or those to come while the configuration is joint.</summary>
    public ImmutableArray<RaftMember> Members { get; }

    /// <summary>The members of before, as long as both majorities are needed; empty otherwise.</summary>
    public ImmutableArray<RaftMember> Before { get; }

    public bool IsJoint => !Before.IsEmpty;

    public static RaftConfiguration Of(IEnumerable<RaftMember> members) => new(InOrder(members), []);

    /// <summary>The joint configuration on the way from this one to another.</summary>
    public RaftConfiguration JoinedBy(IEnumerable<RaftMember> next)
    {
        Invariant.Check(!IsJoint, "a change of members begins during another");
        return new RaftConfiguration(InOrder(next), Members);
    }

    /// <summary>The configuration that ends a joint one.</summary>
    public RaftConfiguration Settled()
    {
        Invariant.Check(IsJoint, "a change of members ends that was not begun");
        return new RaftConfiguration(Members, []);
    }

    /// <summary>The member in either half; of the two roles, the one to come.</summary>
    public bool TryFind(VoterId id, out RaftMember member) => TryFind(Members, id, out member) || TryFind(Before, id, out member);

    public bool Contains(VoterId id) => TryFind(id, out _);

    /// <summary>Whether the member votes in either half.</summary>
    public bool Votes(VoterId id) =>
        (TryFind(Members, id, out RaftMember member) && member.Votes) || (TryFind(Before, id, out member) && member.Votes);

    /// <summary>Whether the member is a full voter in either half.</summary>
    public bool MayLead(VoterId id) =>
        Members.Contains(new RaftMember(id, MemberRole.Voter)) || Before.Contains(new RaftMember(id, MemberRole.Voter));

    /// <summary>Everybody in either half, each once, in the order of ids.</summary>
    public ImmutableArray<VoterId> Everybody() =>
        [.. Members.Concat(Before).Select(static member => member.Id).Distinct().Order()];

    /// <summary>How long the encoding of a configuration of so many members is.</summary>
    public static int EncodedBytes(int members) => HeaderBytes + (members * MemberBytes);

    public byte[] Encode()
    {
        var bytes = new byte[EncodedBytes(Members.Length + Before.Length)];
        bytes[0] = Format;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(1), (ushort)Members.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(3), (ushort)Before.Length);
        Span<byte> rest = bytes.AsSpan(HeaderBytes);
        foreach (RaftMember member in Members.Concat(Before))
        {
            member.Id.Node.TryWriteBytes(rest, bigEndian: true, out _);
            member.Id.Log.TryWriteBytes(rest[16..], bigEndian: true, out _);
            rest[VoterId.EncodedBytes] = (byte)member.Role;
            rest = rest[MemberBytes..];
        }

        return bytes;
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out RaftConfiguration configuration)
    {
        configuration = Empty;
        if (bytes.Length < HeaderBytes || bytes[0] != Format)
        {
            return false;
        }

        int members = BinaryPrimitives.ReadUInt16LittleEndian(bytes[1..]);
        int before = BinaryPrimitives.ReadUInt16LittleEndian(bytes[3..]);
        bytes = bytes[HeaderBytes..];
        if (members > MembersMax || before > MembersMax || bytes.Length != (members + before) * MemberBytes
            || !TryDecode(bytes[..(members * MemberBytes)], out ImmutableArray<RaftMember> now)
            || !TryDecode(bytes[(members * MemberBytes)..], out ImmutableArray<RaftMember> then))
        {
            return false;
        }

        configuration = new RaftConfiguration(now, then);
        return true;
    }

    public bool Equals(RaftConfiguration? other) =>
        other is not null && Members.AsSpan().SequenceEqual(other.Members.AsSpan()) && Before.AsSpan().SequenceEqual(other.Before.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as RaftConfiguration);

    public override int GetHashCode() => (Members.Length * 31) + Before.Length;

    public override string ToString() =>
        IsJoint ? $"[{string.Join(' ', Before)}] -> [{string.Join(' ', Members)}]" : $"[{string.Join(' ', Members)}]";

    private static bool TryDecode(ReadOnlySpan<byte> bytes, out ImmutableArray<RaftMember> members)
    {
        var decoded = ImmutableArray.CreateBuilder<RaftMember>(bytes.Length / MemberBytes);
        members = [];
        for (; !bytes.IsEmpty; bytes = bytes[MemberBytes..])
        {
            var id = new VoterId(new Guid(bytes[..16], bigEndian: true), new Guid(bytes[16..32], bigEndian: true));
            var role = (MemberRole)bytes[VoterId.EncodedBytes];
            if (role is < MemberRole.Learner or > MemberRole.Witness || (decoded.Count > 0 && decoded[^1].Id.CompareTo(id) >= 0))
            {
                return false;
            }

            decoded.Add(new RaftMember(id, role));
        }

        members = decoded.MoveToImmutable();
        return true;
    }

    private static ImmutableArray<RaftMember> InOrder(IEnumerable<RaftMember> members)
    {
        ImmutableArray<RaftMember> ordered = [.. members.OrderBy(static member => member.Id)];
        Invariant.Check(ordered.Length <= MembersMax, "a configuration of more members than it may have");
        for (int i = 1; i < ordered.Length; i++)
        {
            Invariant.Check(ordered[i].Id != ordered[i - 1].Id, "a member that is in a configuration twice");
        }

        return ordered;
    }

    private static bool TryFind(ImmutableArray<RaftMember> members, VoterId id, out RaftMember found)
    {
        foreach (RaftMember member in members)
        {
            if (member.Id == id)
            {
                found = member;
                return true;
            }
        }

        found = default;
        return false;
    }
}
