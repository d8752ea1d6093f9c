using Discovery.Wire;

namespace Discovery.Rpc;

/// <summary>One side of a yamux session: bytes in, bytes out, and streams between. No IO, no time, no lock.</summary>
/// <remarks>
/// Bytes to send are left in <see cref="Output"/>, streams that can go on in <see cref="Touched"/>; whoever drives the session takes both
/// after each call. A peer that breaks the protocol or a limit ends the session: <see cref="Failure"/> says why, and the output ends with
/// a go away.
/// </remarks>
internal sealed partial class YamuxSession
{
    private readonly bool _isClient;
    private readonly YamuxLimits _limits;
    private readonly Dictionary<uint, YamuxStreamState> _streams = [];
    private readonly Queue<YamuxStreamState> _incoming = [];
    private readonly Queue<YamuxStreamState> _abandoned = [];
    private ulong _nextId;
    private uint _nextPing;
    private int _unacknowledged;
    private int _unreadBytes;

    public YamuxSession(bool isClient, YamuxLimits limits)
    {
        _isClient = isClient;
        _limits = limits;
        _nextId = isClient ? 1u : 2u;
    }

    /// <summary>What is to be sent. The driver may put another buffer in place after taking this one.</summary>
    public WireBuffer Output { get; set; } = new();

    /// <summary>Streams whose readers or writers may be able to go on; the driver clears it.</summary>
    public List<YamuxStreamState> Touched { get; } = [];

    /// <summary>Why the session has ended; null while it goes on.</summary>
    public string? Failure { get; private set; }

    /// <summary>What the other side gave as its reason to go; null while it stays.</summary>
    public YamuxGoAway? RemoteGoAway { get; private set; }

    /// <summary>This side opens and takes no more streams.</summary>
    public bool IsGoing { get; private set; }

    public int StreamCount => _streams.Count;

    /// <summary>Streams of the peer that wait to be accepted.</summary>
    public int IncomingCount => _incoming.Count;

    /// <summary>Bytes received and not yet read.</summary>
    public int UnreadBytes => _unreadBytes;

    /// <summary>Pings that were sent and not answered.</summary>
    public uint UnansweredPings { get; private set; }

    /// <summary>Whether streams can be opened, if not now then later: neither side goes, and ids are left.</summary>
    public bool TakesStreams => Failure is null && !IsGoing && RemoteGoAway is null && _nextId <= uint.MaxValue;

    /// <summary>Whether a stream can be opened now.</summary>
    public bool CanOpen => TakesStreams && _unacknowledged < YamuxLimits.BacklogMax && _streams.Count < _limits.StreamsMax;

    /// <summary>Opens a stream; null when none can be opened now, see <see cref="CanOpen"/>.</summary>
    public YamuxStreamState? TryOpen()
    {
        if (!CanOpen)
        {
            return null;
        }

        var stream = new YamuxStreamState((uint)_nextId) { IsUnacknowledged = true };
        _nextId += 2;
        _unacknowledged++;
        _streams.Add(stream.Id, stream);
        Send(YamuxType.WindowUpdate, YamuxFlags.Syn, stream.Id, 0);
        return stream;
    }

    /// <summary>Takes a stream that the peer has opened, and says so to him.</summary>
    public YamuxStreamState? TryAccept()
    {
        while (_incoming.TryDequeue(out YamuxStreamState? stream))
        {
            if (!stream.IsReset)
            {
                Send(YamuxType.WindowUpdate, YamuxFlags.Ack, stream.Id, 0);
                return stream;
            }
        }

        return null;
    }

    /// <summary>Whether a read would say something: bytes, the end, or that there will be none.</summary>
    public static bool IsReadable(YamuxStreamState stream) => stream.Unread.Count > 0 || stream.IsRemoteClosed || stream.IsReset;

    /// <summary>Takes bytes out of a stream and, once half of the window was taken out, lets the peer send more.</summary>
    /// <returns>How many; 0 when there are none now, or none ever again.</returns>
    public int Read(YamuxStreamState stream, Span<byte> destination)
    {
        int count = stream.Unread.Read(destination);
        _unreadBytes -= count;
        if (!stream.IsRemoteClosed && !stream.IsReset && Failure is null)
        {
            stream.Consumed += count;
            if (stream.Consumed >= YamuxLimits.WindowBytes / 2)
            {
                stream.ReceiveWindow += stream.Consumed;
                Send(YamuxType.WindowUpdate, YamuxFlags.None, stream.Id, (uint)stream.Consumed);
                stream.Consumed = 0;
            }
        }

        return count;
    }

    /// <summary>Whether there is room to send now.</summary>
    public bool HasRoom => Output.WrittenCount < _limits.UnsentBytesMax;

    /// <summary>Sends bytes as one frame, as many as the peer's window, the frame and the output take.</summary>
    /// <returns>How many; 0 when the window or the output is full, or the stream takes none any more.</returns>
    public int Write(YamuxStreamState stream, ReadOnlySpan<byte> bytes)
    {
        if (stream.IsReset || stream.IsLocalClosed || Failure is not null || !HasRoom)
        {
            return 0;
        }

        int count = (int)Math.Min((uint)Math.Min(bytes.Length, YamuxLimits.FrameBytesMax), stream.SendWindow);
        if (count > 0)
        {
            stream.SendWindow -= (uint)count;
            Send(YamuxType.Data, YamuxFlags.None, stream.Id, (uint)count);
            Output.Write(bytes[..count]);
        }

        return count;
    }

    /// <summary>Says that this side writes no more.</summary>
    public void CloseWrite(YamuxStreamState stream)
    {
        if (stream.IsLocalClosed || stream.IsReset || Failure is not null)
        {
            return;
        }

        stream.IsLocalClosed = true;
        Send(YamuxType.WindowUpdate, YamuxFlags.Fin, stream.Id, 0);
        RemoveWhenClosed(stream);
    }

    /// <summary>Ends this side's use of a stream: what comes yet for it is answered by a reset.</summary>
    public void Abandon(YamuxStreamState stream)
    {
        if (stream.IsAbandoned)
        {
            return;
        }

        stream.IsAbandoned = true;
        Touched.Add(stream);
        CloseWrite(stream);
        DropUnread(stream);
        if (!_streams.ContainsKey(stream.Id) || stream.IsReset)
        {
            return;
        }

        // The peer has yet to close it. How many such streams are kept is limited, should peers never do.
        _abandoned.Enqueue(stream);
        while (_abandoned.Count > YamuxLimits.BacklogMax && _abandoned.TryDequeue(out YamuxStreamState? oldest))
        {
            Reset(oldest);
        }
    }

    /// <summary>Cuts a stream off.</summary>
    public void Reset(YamuxStreamState stream)
    {
        if (stream.IsReset || !_streams.ContainsKey(stream.Id) || Failure is not null)
        {
            return;
        }

        Send(YamuxType.WindowUpdate, YamuxFlags.Rst, stream.Id, 0);
        CutOff(stream);
    }

    /// <summary>Asks the peer whether he is there.</summary>
    public void Ping()
    {
        UnansweredPings++;
        Send(YamuxType.Ping, YamuxFlags.Syn, 0, _nextPing++);
    }

    /// <summary>Says that this side opens and takes no more streams; those that are open go on.</summary>
    public void GoAway()
    {
        if (!IsGoing && Failure is null)
        {
            IsGoing = true;
            Send(YamuxType.GoAway, YamuxFlags.None, 0, (uint)YamuxGoAway.Normal);
        }
    }

    /// <summary>Ends the session and all its streams without a word to the peer.</summary>
    public void End(string reason)
    {
        if (Failure is not null)
        {
            return;
        }

        Failure = reason;
        foreach (YamuxStreamState stream in _streams.Values)
        {
            stream.IsReset = true;
            Touched.Add(stream);
        }

        _streams.Clear();
        _incoming.Clear();
        _abandoned.Clear();
    }

    private void Fail(YamuxGoAway code, string reason)
    {
        Send(YamuxType.GoAway, YamuxFlags.None, 0, (uint)code);
        End(reason);
    }

    private void CutOff(YamuxStreamState stream)
    {
        stream.IsReset = true;
        DropUnread(stream);
        Remove(stream);
        Touched.Add(stream);
    }

    private void DropUnread(YamuxStreamState stream)
    {
        _unreadBytes -= stream.Unread.Count;
        stream.Unread.Clear();
    }

    private void RemoveWhenClosed(YamuxStreamState stream)
    {
        if (stream is { IsLocalClosed: true, IsRemoteClosed: true })
        {
            Remove(stream);
        }
    }

    private void Remove(YamuxStreamState stream)
    {
        _streams.Remove(stream.Id);
        Acknowledge(stream);
    }

    private void Acknowledge(YamuxStreamState stream)
    {
        if (stream.IsUnacknowledged)
        {
            stream.IsUnacknowledged = false;
            _unacknowledged--;
        }
    }

    private void Send(YamuxType type, YamuxFlags flags, uint stream, uint length)
    {
        Span<byte> target = Output.GetSpan(YamuxHeader.Bytes);
        new YamuxHeader(type, flags, stream, length).Write(target);
        Output.Advance(YamuxHeader.Bytes);
    }
}
