using System.Buffers.Binary;
using Discovery.Protocol;
using Discovery.Streams;

namespace Discovery.Storage;

/// <summary>Reads a snapshot's content as a stream; no byte is given out before its checksum was looked at.</summary>
/// <remarks>A reader that stops before the end has not learned whether the snapshot is whole.</remarks>
internal sealed class SnapshotInput : ReadOnlyStream
{
    private readonly IDiskFile _file;
    private readonly byte[] _block = new byte[SnapshotLayout.BlockHeadBytes + SnapshotLayout.BlockBytesMax];
    private long _offset;
    private long _content;
    private uint _checksum;
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <summary>Opens a file; it is closed with this.</summary>
    /// <exception cref="StorageException">The head is damaged, or of a newer format.</exception>
    public SnapshotInput(IDiskFile file)
    {
        _file = file;
        Meta = SnapshotLayout.TryReadHead(file, out int length, out _checksum)
            ?? throw StorageException.Damaged(file.Path, 0, "the head of the snapshot is not as it was written");
        _offset = length;
    }

    public SnapshotMeta Meta { get; }

    /// <exception cref="StorageException">The next block is not as it was written.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_start == _end && !_isAtEnd && !buffer.IsEmpty)
        {
            ReadBlock();
        }

        int part = Math.Min(buffer.Length, _end - _start);
        _block.AsSpan(_start, part).CopyTo(buffer);
        _start += part;
        return part;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadBlock()
    {
        int read = _file.Read(_offset, _block);
        int length = read < SnapshotLayout.EndBytes ? -1 : BinaryPrimitives.ReadInt32LittleEndian(_block);
        int content = length == 0 ? SnapshotLayout.EndBytes - SnapshotLayout.BlockHeadBytes : length;
        if (content < 1 || content > read - SnapshotLayout.BlockHeadBytes)
        {
            throw Damaged();
        }

        ReadOnlySpan<byte> bytes = _block.AsSpan(SnapshotLayout.BlockHeadBytes, content);
        uint checksum = SnapshotLayout.Chain(_checksum, _block.AsSpan(0, 4), bytes);
        if (BinaryPrimitives.ReadUInt32LittleEndian(_block.AsSpan(4)) != checksum)
        {
            throw Damaged();
        }

        if (length == 0)
        {
            _isAtEnd = true;
            if (BinaryPrimitives.ReadInt64LittleEndian(bytes) != _content || _offset + SnapshotLayout.EndBytes != _file.Length)
            {
                throw Damaged();
            }

            return;
        }

        _checksum = checksum;
        _offset += SnapshotLayout.BlockHeadBytes + length;
        _content += length;
        (_start, _end) = (SnapshotLayout.BlockHeadBytes, SnapshotLayout.BlockHeadBytes + length);
    }

    private StorageException Damaged() =>
        StorageException.Damaged(_file.Path, _offset, "a block of the snapshot is not as it was written");
}
