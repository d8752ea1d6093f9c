using System.Buffers.Binary;
using Discovery.Protocol;

namespace Discovery.Storage;

/// <summary>Whose log a directory holds: file <c>identity</c>, made once the first segment is there.</summary>
/// <remarks>
/// A <see cref="WholeFile"/> with magic "DSCVRAFT" and node 16 | log 16 | cluster 16, or zeros while it is not known | after a recovery:
/// cluster before 16, entry: index 8, term 8, is it pending 8 | of a witness: 1
/// </remarks>
internal sealed record LogIdentity(VoterId Id, Guid Cluster)
{
    public const string Name = "identity";

    private const int PlainBytes = 48;
    private const int MarkBytes = 40;
    private const byte WitnessKind = 1;

    /// <summary>The recovery by which its cluster came to be; null when there was none.</summary>
    public RecoveryMark? Recovery { get; init; }

    /// <summary>Whether the log is a witness's, without bodies.</summary>
    public bool IsWitness { get; init; }

    /// <summary>Returns when the disk has it.</summary>
    public Task WriteAsync(IDisk disk, string directory)
    {
        var bytes = new byte[PlainBytes + (Recovery is null ? 0 : MarkBytes) + (IsWitness ? 1 : 0)];
        Id.Node.TryWriteBytes(bytes, bigEndian: true, out _);
        Id.Log.TryWriteBytes(bytes.AsSpan(16), bigEndian: true, out _);
        Cluster.TryWriteBytes(bytes.AsSpan(32), bigEndian: true, out _);
        if (Recovery is { } mark)
        {
            Span<byte> into = bytes.AsSpan(PlainBytes);
            mark.Before.TryWriteBytes(into, bigEndian: true, out _);
            BinaryPrimitives.WriteUInt64LittleEndian(into[16..], mark.At.Index);
            BinaryPrimitives.WriteUInt64LittleEndian(into[24..], mark.At.Term);
            BinaryPrimitives.WriteUInt64LittleEndian(into[32..], mark.IsPending ? 1u : 0u);
        }

        if (IsWitness)
        {
            bytes[^1] = WitnessKind;
        }

        return In(disk, directory).WriteAsync(bytes);
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="StorageException">It is damaged, or of a newer format.</exception>
    public static LogIdentity Read(IDisk disk, string directory)
    {
        if (In(disk, directory).Read() is not { } bytes || !IsWhole(bytes, out bool isWitness))
        {
            throw StorageException.Damaged(Path.Combine(directory, Name), 0, "it does not say whose log this is");
        }

        return new LogIdentity(
            new VoterId(new Guid(bytes.AsSpan(0, 16), bigEndian: true), new Guid(bytes.AsSpan(16, 16), bigEndian: true)),
            new Guid(bytes.AsSpan(32, 16), bigEndian: true))
        {
            IsWitness = isWitness,
            Recovery = bytes.Length < PlainBytes + MarkBytes ? null : ReadMark(bytes.AsSpan(PlainBytes)),
        };
    }

    private static WholeFile In(IDisk disk, string directory) =>
        new(disk, Path.Combine(directory, Name), "DSCVRAFT", LogLayout.Format);

    private static bool IsWhole(byte[] bytes, out bool isWitness)
    {
        isWitness = bytes.Length is PlainBytes + 1 or PlainBytes + MarkBytes + 1;
        return isWitness ? bytes[^1] == WitnessKind : bytes.Length is PlainBytes or PlainBytes + MarkBytes;
    }

    private static RecoveryMark ReadMark(ReadOnlySpan<byte> from) => new(
        new Guid(from[..16], bigEndian: true),
        new LogPosition(BinaryPrimitives.ReadUInt64LittleEndian(from[16..]), BinaryPrimitives.ReadUInt64LittleEndian(from[24..])),
        BinaryPrimitives.ReadUInt64LittleEndian(from[32..]) != 0);

    /// <summary>Refuses the log of another node or cluster, or of another kind.</summary>
    public void Check(string directory, LogIdentity wanted)
    {
        (Guid node, Guid cluster) = (wanted.Id.Node, wanted.Cluster);
        string path = Path.Combine(directory, Name);
        if (Id.Node != node)
        {
            throw StorageException.Foreign(
                path, $"is of node {Id.Node}, and this node is {node}",
                "Give this node a directory of its own, or start it with that id, as its option or in its file node-id.");
        }

        if (cluster != Guid.Empty && Cluster != Guid.Empty && cluster != Cluster)
        {
            throw StorageException.Foreign(
                path, $"is of cluster {Cluster}, and this node belongs to cluster {cluster}",
                "Give this node a directory of its own, or move this one away: the node then joins its cluster as a new member.");
        }

        if (wanted.IsWitness != IsWitness)
        {
            (string found, string meant) = IsWitness ? ("a witness", "a full server") : ("a full server", "a witness");
            throw StorageException.Foreign(
                path, $"is of {found}, and this node is to be {meant}",
                "Set RaftOptions.Witness as it was, or move this directory away: the node then joins its cluster as a new member.");
        }
    }
}
