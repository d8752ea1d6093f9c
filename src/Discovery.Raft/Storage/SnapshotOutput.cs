using System.Buffers.Binary;
using Discovery.Protocol;

namespace Discovery.Storage;

/// <summary>Writes a snapshot's file as a stream; the layout is drawn above <see cref="SnapshotLayout"/>.</summary>
internal sealed class SnapshotOutput : Stream
{
    private readonly IDiskFile _file;
    private readonly byte[] _block = new byte[SnapshotLayout.BlockHeadBytes + SnapshotLayout.BlockBytesMax];
    private int _filled = SnapshotLayout.BlockHeadBytes;
    private long _offset;
    private long _content;
    private uint _checksum;

    public SnapshotOutput(IDiskFile file, SnapshotMeta meta)
    {
        _file = file;
        byte[] head = SnapshotLayout.EncodeHead(meta);
        file.Write(0, head);
        _offset = head.Length;
        _checksum = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(^SnapshotLayout.ChecksumBytes));
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The length of the file.</summary>
    public long FileBytes => _offset;

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            int part = Math.Min(buffer.Length, _block.Length - _filled);
            buffer[..part].CopyTo(_block.AsSpan(_filled));
            buffer = buffer[part..];
            _filled += part;
            if (_filled == _block.Length)
            {
                WriteBlock();
            }
        }
    }

    /// <summary>Blocks are written when they are full; what is left, by <see cref="Finish"/>.</summary>
    public override void Flush()
    {
    }

    /// <summary>Writes what is left and the end.</summary>
    public void Finish()
    {
        if (_filled > SnapshotLayout.BlockHeadBytes)
        {
            WriteBlock();
        }

        Span<byte> end = stackalloc byte[SnapshotLayout.EndBytes];
        end.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(end[8..], _content);
        BinaryPrimitives.WriteUInt32LittleEndian(end[4..], SnapshotLayout.Chain(_checksum, end[..4], end[8..]));
        _file.Write(_offset, end);
        _offset += end.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void WriteBlock()
    {
        Span<byte> block = _block.AsSpan(0, _filled);
        int length = _filled - SnapshotLayout.BlockHeadBytes;
        BinaryPrimitives.WriteInt32LittleEndian(block, length);
        _checksum = SnapshotLayout.Chain(_checksum, block[..4], block[SnapshotLayout.BlockHeadBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(block[4..], _checksum);
        _file.Write(_offset, block);
        _offset += _filled;
        _content += length;
        _filled = SnapshotLayout.BlockHeadBytes;
    }
}
