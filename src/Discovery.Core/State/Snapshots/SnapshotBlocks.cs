using System.Buffers;
using System.Buffers.Binary;
using Discovery.Wire;

namespace Discovery.State.Snapshots;

/// <summary>
/// Checks and unpacks the pieces of a snapshot and hands its records to a <see cref="SnapshotLoader"/>. Does no reading itself.
/// </summary>
internal sealed class SnapshotBlocks(SnapshotLoader loader) : IDisposable
{
    private readonly WireBuffer _records = new();
    private readonly byte[] _stored = ArrayPool<byte>.Shared.Rent(SnapshotFormat.BlockBytesMax);
    private readonly byte[] _head = new byte[SnapshotFormat.HeaderBytes];
    private bool _isBegun;
    private bool _isBody;
    private int _length;
    private int _storedLength;
    private ulong _blocks;
    private ulong _bytes;

    /// <summary>The state, once the trailer was accepted.</summary>
    public StateSnapshot? Result { get; private set; }

    /// <summary>Where the next bytes of the file belong; fill it whole, then call <see cref="Accept(int)"/>.</summary>
    public Memory<byte> Next => !_isBegun ? _head
        : _isBody ? _stored.AsMemory(0, _storedLength)
        : _head.AsMemory(0, SnapshotFormat.BlockHeaderBytes);

    /// <summary>Takes what was read into <see cref="Next"/>; fewer bytes than it has room for mean that the file has ended.</summary>
    public void Accept(int read)
    {
        if (read < Next.Length)
        {
            throw SnapshotLoader.Refused("it ends too early");
        }

        if (!_isBegun)
        {
            AcceptHeader();
        }
        else if (!_isBody)
        {
            AcceptBlockHeader();
        }
        else
        {
            AcceptBlock();
        }
    }

    public void Dispose()
    {
        _records.Dispose();
        ArrayPool<byte>.Shared.Return(_stored);
    }

    private void AcceptHeader()
    {
        if (!_head.AsSpan(0, 8).SequenceEqual(SnapshotFormat.Magic))
        {
            throw SnapshotLoader.Refused("it does not begin like a snapshot");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(_head.AsSpan(12)) != Crc32C.Compute(_head.AsSpan(0, 12)))
        {
            throw SnapshotLoader.Refused("its header is damaged");
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(_head.AsSpan(8));
        if (version != SnapshotFormat.Version)
        {
            throw SnapshotLoader.Refused($"it has format {version}, this server reads format {SnapshotFormat.Version}");
        }

        _isBegun = true;
    }

    private void AcceptBlockHeader()
    {
        _length = BinaryPrimitives.ReadInt32LittleEndian(_head);
        _storedLength = BinaryPrimitives.ReadInt32LittleEndian(_head.AsSpan(4));
        bool isTrailer = _length == 0 && _storedLength == SnapshotFormat.TrailerBytes;
        bool isBlock = _length is > 0 and <= SnapshotFormat.BlockBytesMax && _storedLength > 0 && _storedLength <= _length;
        if (!isTrailer && !isBlock)
        {
            throw Damaged();
        }

        _isBody = true;
    }

    private void AcceptBlock()
    {
        ReadOnlySpan<byte> stored = _stored.AsSpan(0, _storedLength);
        uint checksum = SnapshotFormat.Checksum(_blocks, _head.AsSpan(0, 8), stored);
        if (checksum != BinaryPrimitives.ReadUInt32LittleEndian(_head.AsSpan(8)))
        {
            throw Damaged();
        }

        _isBody = false;
        if (_length == 0)
        {
            AcceptTrailer(stored);
            return;
        }

        Span<byte> plain = _records.GetSpan(_length)[.._length];
        if (_storedLength == _length)
        {
            stored.CopyTo(plain);
        }
        else if (LZ4Codec.Decode(stored, plain) != _length)
        {
            throw Damaged();
        }

        _records.Advance(_length);
        _blocks++;
        _bytes += (ulong)_length;
        PassRecords();
    }

    private void PassRecords()
    {
        ReadOnlySpan<byte> pending = _records.WrittenSpan;
        while (pending.Length >= sizeof(int))
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(pending);
            if (length is < 1 or > SnapshotFormat.RecordBytesMax)
            {
                throw Damaged();
            }

            if (pending.Length - sizeof(int) < length)
            {
                break;
            }

            loader.Load(pending.Slice(sizeof(int), length));
            pending = pending[(sizeof(int) + length)..];
        }

        int rest = pending.Length;
        pending.CopyTo(_records.GetWritten(0, rest));
        _records.Truncate(rest);
    }

    private void AcceptTrailer(ReadOnlySpan<byte> trailer)
    {
        if (_records.WrittenCount > 0 || BinaryPrimitives.ReadUInt64LittleEndian(trailer) != _bytes)
        {
            throw Damaged();
        }

        Result = loader.Finish(BinaryPrimitives.ReadUInt64LittleEndian(trailer[sizeof(ulong)..]));
    }

    private DiscoveryException Damaged() => SnapshotLoader.Refused($"block {_blocks} is damaged");
}
