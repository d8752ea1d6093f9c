using System.Buffers.Binary;
using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Storage;

/// <summary>Whose log a directory holds: file <c>identity</c>, made once the first segment is there.</summary>
/// <remarks>
/// magic "DSCVRAFT" 8 | format 4 | node 16 | log 16 | cluster 16, or zeros while it is not known | after a recovery: cluster before 16,
/// entry: index 8, term 8, is it pending 8 | checksum 4
/// </remarks>
internal sealed record LogIdentity(VoterId Id, Guid Cluster)
{
    public const string Name = "identity";

    private const int PlainBytes = 64;
    private const int MarkBytes = 40;
    private const int MarkOffset = 60;
    private const int ChecksumBytes = 4;

    /// <summary>The recovery by which its cluster came to be; null when there was none.</summary>
    public RecoveryMark? Recovery { get; init; }

    private static ReadOnlySpan<byte> Magic => "DSCVRAFT"u8;

    /// <summary>Returns when the disk has it.</summary>
    public async Task WriteAsync(IDisk disk, string directory)
    {
        var bytes = new byte[PlainBytes + (Recovery is null ? 0 : MarkBytes)];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), LogLayout.Format);
        Id.Node.TryWriteBytes(bytes.AsSpan(12), bigEndian: true, out _);
        Id.Log.TryWriteBytes(bytes.AsSpan(28), bigEndian: true, out _);
        Cluster.TryWriteBytes(bytes.AsSpan(44), bigEndian: true, out _);
        if (Recovery is { } mark)
        {
            Span<byte> into = bytes.AsSpan(MarkOffset);
            mark.Before.TryWriteBytes(into, bigEndian: true, out _);
            BinaryPrimitives.WriteUInt64LittleEndian(into[16..], mark.At.Index);
            BinaryPrimitives.WriteUInt64LittleEndian(into[24..], mark.At.Term);
            BinaryPrimitives.WriteUInt64LittleEndian(into[32..], mark.IsPending ? 1u : 0u);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(
            bytes.AsSpan(bytes.Length - ChecksumBytes), Crc32C.Compute(bytes.AsSpan(..^ChecksumBytes)));
        string path = Path.Combine(directory, Name);
        using (IDiskFile file = disk.Create(path + LogLayout.TemporarySuffix))
        {
            file.Write(0, bytes);
            await file.SyncAsync();
        }

        disk.Move(path + LogLayout.TemporarySuffix, path);
        await disk.SyncDirectoryAsync(directory);
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="StorageException">It is damaged, or of a newer format.</exception>
    public static LogIdentity Read(IDisk disk, string directory)
    {
        string path = Path.Combine(directory, Name);
        using IDiskFile file = disk.Open(path);
        bool isMarked = file.Length == PlainBytes + MarkBytes;
        var bytes = new byte[PlainBytes + (isMarked ? MarkBytes : 0)];
        int read = file.Read(0, bytes);
        if (read < bytes.Length || file.Length != bytes.Length || !bytes.AsSpan().StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(bytes.Length - ChecksumBytes))
                != Crc32C.Compute(bytes.AsSpan(..^ChecksumBytes)))
        {
            throw StorageException.Damaged(path, 0, "it does not say whose log this is");
        }

        CheckFormat(path, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)));
        return new LogIdentity(
            new VoterId(new Guid(bytes.AsSpan(12, 16), bigEndian: true), new Guid(bytes.AsSpan(28, 16), bigEndian: true)),
            new Guid(bytes.AsSpan(44, 16), bigEndian: true))
        {
            Recovery = isMarked ? ReadMark(bytes.AsSpan(MarkOffset)) : null,
        };
    }

    private static RecoveryMark ReadMark(ReadOnlySpan<byte> from) => new(
        new Guid(from[..16], bigEndian: true),
        new LogPosition(BinaryPrimitives.ReadUInt64LittleEndian(from[16..]), BinaryPrimitives.ReadUInt64LittleEndian(from[24..])),
        BinaryPrimitives.ReadUInt64LittleEndian(from[32..]) != 0);

    /// <summary>Refuses the log of another node or cluster.</summary>
    public void Check(string directory, Guid node, Guid cluster)
    {
        string path = Path.Combine(directory, Name);
        if (Id.Node != node)
        {
            throw StorageException.Foreign(
                path, $"is of node {Id.Node}, and this node is {node}", "Give this node a directory of its own, or start it with that id.");
        }

        if (cluster != Guid.Empty && Cluster != Guid.Empty && cluster != Cluster)
        {
            throw StorageException.Foreign(
                path, $"is of cluster {Cluster}, and this node belongs to cluster {cluster}",
                "Give this node a directory of its own, or move this one away: the node then joins its cluster as a new member.");
        }
    }

    private static void CheckFormat(string path, uint format)
    {
        if (format > LogLayout.Format)
        {
            throw Newer(path);
        }
    }

    public static StorageException Newer(string path) => StorageException.Foreign(
        path, "is of a newer format than this version reads", "Start the version that has written it, or a later one.");
}
