using Discovery.Wire;

namespace Discovery.Transport;

/// <summary>Makes frames of what waits in a queue: all that is urgent first, then one frame's worth of the rest.</summary>
internal sealed class FrameWriter(SendQueue queue, int compressFrom) : IDisposable
{
    private const int NotTriedMax = 32;

    private readonly WireBuffer _frames = new(2 * FrameFormat.FrameBytesMax);
    private readonly ContentWriter _quick = new();
    private readonly ContentWriter _slow = new();
    private byte[]? _scratch;
    private int _notTried;
    private int _misses;

    /// <summary>Whether the next fill says that this side is there.</summary>
    public bool ShowsLife { get; set; }

    /// <summary>Whether something has gone out in part.</summary>
    public bool IsMidway => _slow.IsOpen;

    /// <summary>How many contents were put into frames.</summary>
    public long Contents { get; private set; }

    /// <summary>Fills the next bytes to be sent; empty when nothing waits.</summary>
    public ReadOnlyMemory<byte> Fill()
    {
        _frames.Clear();
        while (_frames.WrittenCount < FrameFormat.ContentBytesMax && queue.TryTake(Lane.Quick, out object item))
        {
            if (_quick.TryBegin(item))
            {
                Invariant.Check(_quick.Left <= FrameFormat.ContentBytesMax, "what is urgent fits into a frame");
                WriteFrame(_quick, 0);
            }
        }

        while (_frames.WrittenCount < FrameFormat.ContentBytesMax && HasSlow())
        {
            WriteFrame(_slow, FrameFormat.SlowLane);
        }

        if (ShowsLife && _frames.WrittenCount == 0)
        {
            FrameFormat.Begin(_frames, 0, out int start);
            FrameFormat.End(_frames, start, FrameType.Alive, 0, null);
        }

        ShowsLife = false;
        return _frames.WrittenMemory;
    }

    public void Dispose()
    {
        _frames.Dispose();
        _quick.Dispose();
        _slow.Dispose();
    }

    private bool HasSlow()
    {
        while (!_slow.IsOpen)
        {
            if (!queue.TryTake(Lane.Slow, out object item))
            {
                return false;
            }

            _slow.TryBegin(item);
        }

        return true;
    }

    private void WriteFrame(ContentWriter content, byte lane)
    {
        int length = (int)Math.Min(content.Left, FrameFormat.ContentBytesMax);
        Span<byte> into = FrameFormat.Begin(_frames, length, out int start);
        content.Copy(into);
        byte more = content.IsOpen ? FrameFormat.More : (byte)0;
        bool isTried = length >= compressFrom && MayTry();
        _scratch ??= isTried ? new byte[FrameFormat.ContentBytesMax] : null;
        bool isCompressed = FrameFormat.End(_frames, start, content.Type, (byte)(lane | more), isTried ? _scratch : null);
        if (isTried)
        {
            // What could not be compressed is mostly followed by more of its kind.
            _misses = isCompressed ? 0 : Math.Min(_misses + 1, 5);
            _notTried = isCompressed ? 0 : Math.Min(1 << _misses, NotTriedMax);
        }

        Contents += more == 0 ? 1 : 0;
    }

    private bool MayTry() => _notTried == 0 || --_notTried == 0;
}
