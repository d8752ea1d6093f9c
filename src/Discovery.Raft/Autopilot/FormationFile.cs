using System.Buffers.Binary;
using Discovery.Storage;
using Discovery.Transport;
using Discovery.Wire;

namespace Discovery.Autopilot;

/// <summary>What a server has promised and accepted before there was a cluster: file <c>formation</c>.</summary>
/// <remarks>magic "DSCVFORM" 8 | format 4 | vote | checksum 4</remarks>
internal sealed class FormationFile(IDisk disk, string directory)
{
    public const string Name = "formation";

    private const uint Format = 1;
    private const int HeadBytes = 12;
    private const int ChecksumBytes = 4;

    private static ReadOnlySpan<byte> Magic => "DSCVFORM"u8;

    /// <summary>Reads it; nothing was promised yet where there is none.</summary>
    /// <exception cref="StorageException">It is damaged, or of a newer format.</exception>
    public Task<FormationVote> ReadAsync() => OnDiskAsync(() =>
    {
        if (!disk.List(directory).Contains(Name))
        {
            return Task.FromResult(FormationVote.None);
        }

        string path = Path.Combine(directory, Name);
        using IDiskFile file = disk.Open(path);
        var bytes = new byte[file.Length];
        int read = file.Read(0, bytes);
        if (read < HeadBytes + ChecksumBytes || !bytes.AsSpan().StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(read - ChecksumBytes))
                != Crc32C.Compute(bytes.AsSpan(0, read - ChecksumBytes)))
        {
            throw Damaged(path);
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)) != Format)
        {
            throw LogIdentity.Newer(path);
        }

        var reader = new FieldReader(bytes.AsSpan(HeadBytes, read - HeadBytes - ChecksumBytes));
        return FormationVoteCodec.TryRead(ref reader, out FormationVote vote) && reader.IsAtEnd
            ? Task.FromResult(vote)
            : throw Damaged(path);
    });

    /// <summary>Returns when the disk has it.</summary>
    public Task WriteAsync(FormationVote vote) => OnDiskAsync(async () =>
    {
        using var into = new WireBuffer();
        into.Write(Magic);
        into.WriteUInt32(Format);
        FormationVoteCodec.Write(vote, into);
        into.WriteUInt32(Crc32C.Compute(into.WrittenSpan));
        byte[] bytes = into.WrittenSpan.ToArray();
        string path = Path.Combine(directory, Name);
        using (IDiskFile file = disk.Create(path + LogLayout.TemporarySuffix))
        {
            file.Write(0, bytes);
            await file.SyncAsync();
        }

        disk.Move(path + LogLayout.TemporarySuffix, path);
        await disk.SyncDirectoryAsync(directory);
        return true;
    });

    private Task<T> OnDiskAsync<T>(Func<Task<T>> work) => disk.RunAsync(DiskLane.Log, async () =>
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (StorageException.IsOfTheDisk(e))
        {
            throw StorageException.Of(Path.Combine(directory, Name), e);
        }
    });

    private static StorageException Damaged(string path) =>
        StorageException.Damaged(path, 0, "it does not say what was promised before the cluster began");
}
