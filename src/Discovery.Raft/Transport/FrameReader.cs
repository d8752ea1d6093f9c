using Discovery.Wire;

namespace Discovery.Transport;

/// <summary>Takes bytes as they come and gives contents as they are whole; what was cut is put together again.</summary>
/// <remarks>
/// It holds one frame, one frame decompressed, and of the message that is being put together what has come of it, whatever the sender says
/// that will come: up to <c>messageBytesMax</c>, and within the budget that all connections share.
/// </remarks>
internal sealed class FrameReader(int messageBytesMax, ReassemblyBudget budget) : IDisposable
{
    private const int ReassemblyBytesKept = 128 * 1024;

    private readonly byte[] _input = new byte[2 * FrameFormat.FrameBytesMax];
    private readonly WireBuffer _whole = new(bytesMax: messageBytesMax);
    private byte[]? _plain;
    private int _start;
    private int _end;
    private FrameType _cutType;
    private bool _isCut;
    private bool _isGivenAway;

    /// <summary>Why nothing more can be read; null while it can.</summary>
    public string? Failure { get; private set; }

    /// <summary>Where the next bytes go; never empty once <see cref="TryRead"/> has returned false without a failure.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (_start == _end)
            {
                (_start, _end) = (0, 0);
            }
            else if (_input.Length - _start < FrameFormat.FrameBytesMax)
            {
                _input.AsSpan(_start, _end - _start).CopyTo(_input);
                (_start, _end) = (0, _end - _start);
            }

            return _input.AsMemory(_end);
        }
    }

    /// <summary>Bytes were put into <see cref="Free"/>.</summary>
    public void Advance(int count) => _end += count;

    /// <summary>The next content, valid until the next call.</summary>
    /// <returns>False when more bytes are needed, or with <see cref="Failure"/> when the bytes are none of ours.</returns>
    public bool TryRead(out FrameType type, out ReadOnlyMemory<byte> content)
    {
        GiveBack();
        (type, content) = (default, default);
        while (Failure is null && TryReadFrame(out byte kind, out ReadOnlyMemory<byte> part))
        {
            type = (FrameType)(kind & FrameFormat.TypeMask);
            if ((kind & FrameFormat.SlowLane) == 0)
            {
                content = part;
                return (kind & FrameFormat.More) == 0 || Fail("a frame that is cut outside of the slow lane");
            }

            bool hasMore = (kind & FrameFormat.More) != 0;
            if (!_isCut && !hasMore)
            {
                content = part;
                return true;
            }

            if (!TryAppend(type, part.Span))
            {
                return false;
            }

            if (!hasMore)
            {
                _isCut = false;
                _isGivenAway = true;
                content = _whole.WrittenMemory;
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        budget.Return(_whole.WrittenCount);
        _whole.Dispose();
    }

    private bool TryReadFrame(out byte kind, out ReadOnlyMemory<byte> content)
    {
        (kind, content) = (0, default);
        ReadOnlySpan<byte> bytes = _input.AsSpan(_start, _end - _start);
        if (bytes.Length < FrameFormat.HeaderBytes)
        {
            return false;
        }

        if (!FrameFormat.TryReadHeader(bytes, out int length, out kind))
        {
            return Fail("a frame of no known kind or length");
        }

        int total = FrameFormat.HeaderBytes + length;
        if (bytes.Length < total)
        {
            return false;
        }

        if (!FrameFormat.IsWhole(bytes[..total]))
        {
            return Fail("a frame that was damaged on its way");
        }

        content = _input.AsMemory(_start + FrameFormat.HeaderBytes, length);
        _start += total;
        if ((kind & FrameFormat.Compressed) != 0)
        {
            _plain ??= new byte[FrameFormat.ContentBytesMax];
            if (!FrameFormat.TryDecompress(content.Span, _plain, out int plain))
            {
                return Fail("a frame that cannot be decompressed");
            }

            content = _plain.AsMemory(0, plain);
        }

        return true;
    }

    private bool TryAppend(FrameType type, ReadOnlySpan<byte> part)
    {
        if (_isCut && type != _cutType)
        {
            return Fail("pieces of different things in one");
        }

        if (part.Length > messageBytesMax - _whole.WrittenCount)
        {
            return Fail($"a message of more than {messageBytesMax} bytes");
        }

        if (!budget.TryTake(part.Length))
        {
            return Fail("more half-received messages than there is room for");
        }

        (_isCut, _cutType) = (true, type);
        _whole.Write(part);
        return true;
    }

    private void GiveBack()
    {
        if (_isGivenAway)
        {
            _isGivenAway = false;
            budget.Return(_whole.WrittenCount);
            _whole.Reset(ReassemblyBytesKept);
        }
    }

    private bool Fail(string failure)
    {
        Failure = failure;
        return false;
    }
}
