using System.Buffers.Binary;
using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Storage;

/// <summary>Whose log a directory holds: file <c>identity</c>, made once the first segment is there.</summary>
/// <remarks>magic "DSCVRAFT" 8 | format 4 | node 16 | log 16 | cluster 16, or zeros while it is not known | checksum 4</remarks>
internal sealed record LogIdentity(VoterId Id, Guid Cluster)
{
    public const string Name = "identity";

    private const int Bytes = 64;

    private static ReadOnlySpan<byte> Magic => "DSCVRAFT"u8;

    /// <summary>Returns when the disk has it.</summary>
    public async Task WriteAsync(IDisk disk, string directory)
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), LogLayout.Format);
        Id.Node.TryWriteBytes(bytes.AsSpan(12), bigEndian: true, out _);
        Id.Log.TryWriteBytes(bytes.AsSpan(28), bigEndian: true, out _);
        Cluster.TryWriteBytes(bytes.AsSpan(44), bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), Crc32C.Compute(bytes.AsSpan(0, 60)));
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
        var bytes = new byte[Bytes];
        using IDiskFile file = disk.Open(path);
        int read = file.Read(0, bytes);
        if (read < Bytes || file.Length != Bytes || !bytes.AsSpan().StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(60)) != Crc32C.Compute(bytes.AsSpan(0, 60)))
        {
            throw StorageException.Damaged(path, 0, "it does not say whose log this is");
        }

        CheckFormat(path, BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)));
        return new LogIdentity(
            new VoterId(new Guid(bytes.AsSpan(12, 16), bigEndian: true), new Guid(bytes.AsSpan(28, 16), bigEndian: true)),
            new Guid(bytes.AsSpan(44, 16), bigEndian: true));
    }

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
