using System.Buffers.Binary;
using Discovery.Wire;

namespace Discovery.State.Snapshots;

/// <summary>Follows the bytes of a snapshot as they come, and refuses what is none, is too large, or goes on after its end. Pure.</summary>
/// <remarks>Looks at the frame only, so that much is refused before anything is kept; what is in the blocks is read later.</remarks>
internal sealed class SnapshotFraming(long contentBytesMax)
{
    private readonly byte[] _head = new byte[SnapshotFormat.HeaderBytes];
    private int _headLength = SnapshotFormat.HeaderBytes;
    private int _filled;
    private bool _isBegun;
    private bool _isTrailer;
    private int _body;

    /// <summary>How large the content is that the blocks so far say they hold.</summary>
    public long ContentBytes { get; private set; }

    /// <summary>Whether the trailer has come whole.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="DiscoveryException">They do not go on as a snapshot does.</exception>
    public void Accept(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (IsComplete)
            {
                throw SnapshotLoader.Refused("it goes on after its end");
            }

            if (_body > 0)
            {
                int skipped = Math.Min(_body, bytes.Length);
                _body -= skipped;
                bytes = bytes[skipped..];
                IsComplete = _isTrailer && _body == 0;
                continue;
            }

            int taken = Math.Min(_headLength - _filled, bytes.Length);
            bytes[..taken].CopyTo(_head.AsSpan(_filled));
            _filled += taken;
            bytes = bytes[taken..];
            if (_filled == _headLength)
            {
                AcceptHead();
                _filled = 0;
            }
        }
    }

    private void AcceptHead()
    {
        if (!_isBegun)
        {
            if (!_head.AsSpan(0, SnapshotFormat.Magic.Length).SequenceEqual(SnapshotFormat.Magic))
            {
                throw SnapshotLoader.Refused("it does not begin like a snapshot");
            }

            if (BinaryPrimitives.ReadUInt32LittleEndian(_head.AsSpan(12)) != Crc32C.Compute(_head.AsSpan(0, 12)))
            {
                throw SnapshotLoader.Refused("its header is damaged");
            }

            (_isBegun, _headLength) = (true, SnapshotFormat.BlockHeaderBytes);
            return;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(_head);
        _body = BinaryPrimitives.ReadInt32LittleEndian(_head.AsSpan(4));
        _isTrailer = length == 0 && _body == SnapshotFormat.TrailerBytes;
        if (!_isTrailer && (length is < 1 or > SnapshotFormat.BlockBytesMax || _body < 1 || _body > length))
        {
            throw SnapshotLoader.Refused("a block is damaged");
        }

        ContentBytes += length;
        if (ContentBytes > contentBytesMax)
        {
            throw SnapshotLoader.Refused($"it holds more than {contentBytesMax} bytes (ClusterSnapshotOptions.ContentBytesMax)");
        }
    }
}
