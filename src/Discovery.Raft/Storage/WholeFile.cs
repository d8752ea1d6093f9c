using System.Buffers.Binary;
using System.Text;
using Discovery.Wire;

namespace Discovery.Storage;

/// <summary>A small file that is there with all that was written last, or as it was before.</summary>
/// <remarks>
/// <code>magic 8 | format 4 | content | checksum 4, the CRC-32C of all before it</code>
/// It is written under a temporary name, synced, renamed, and its directory is synced.
/// </remarks>
internal sealed class WholeFile(IDisk disk, string path, string magic, uint format)
{
    public const int ContentBytesMax = 4096;

    private const int HeadBytes = 12;
    private const int ChecksumBytes = 4;

    private readonly byte[] _magic = Encoding.ASCII.GetBytes(magic);

    /// <summary>Returns when the disk has it.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> content)
    {
        Invariant.Check(content.Length <= ContentBytesMax, "a small file that is longer than it may be");
        var bytes = new byte[HeadBytes + content.Length + ChecksumBytes];
        _magic.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(_magic.Length), format);
        content.CopyTo(bytes.AsMemory(HeadBytes));
        uint checksum = Crc32C.Compute(bytes.AsSpan(..^ChecksumBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - ChecksumBytes), checksum);
        string temporary = path + LogLayout.TemporarySuffix;
        using (IDiskFile file = disk.Create(temporary))
        {
            file.Write(0, bytes);
            await file.SyncAsync();
        }

        disk.Move(temporary, path);
        await disk.SyncDirectoryAsync(Path.GetDirectoryName(path)!);
    }

    /// <summary>Reads the content; null when the file is damaged.</summary>
    /// <exception cref="StorageException">It is of a newer format.</exception>
    public byte[]? Read()
    {
        using IDiskFile file = disk.Open(path);
        if (file.Length is < HeadBytes + ChecksumBytes or > HeadBytes + ContentBytesMax + ChecksumBytes)
        {
            return null;
        }

        var bytes = new byte[file.Length];
        if (file.Read(0, bytes) < bytes.Length || !bytes.AsSpan().StartsWith(_magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(bytes.Length - ChecksumBytes))
                != Crc32C.Compute(bytes.AsSpan(..^ChecksumBytes)))
        {
            return null;
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(_magic.Length)) <= format
            ? bytes[HeadBytes..^ChecksumBytes]
            : throw StorageException.Newer(path);
    }
}
