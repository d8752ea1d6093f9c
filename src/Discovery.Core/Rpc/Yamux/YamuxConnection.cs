using Discovery.Wire;

namespace Discovery.Rpc;

/// <summary>Drives a <see cref="YamuxSession"/> over a connection: one loop reads, one writes, one pings.</summary>
/// <remarks>
/// The session is entered under one lock, in which nothing is awaited and nobody else's code runs. Reading pauses while too much waits to
/// be sent, so that a peer that only asks and never reads costs no more than that; one that takes nothing for
/// <see cref="YamuxTimes.Patience"/> is gone.
/// </remarks>
internal sealed partial class YamuxConnection : IAsyncDisposable
{
    private const int ReadBytes = 16 * 1024;
    private const int UnsentBytesPause = 1024 * 1024;
    private const int BufferBytesKept = 128 * 1024;
    private const int RoomFrames = 2;
    private const string ClosedHere = "the session was closed";
    private const string ClosedThere = "the peer has closed the connection";

    private readonly NodeRuntime _runtime;
    private readonly NodeConnection _connection;
    private readonly YamuxSession _session;
    private readonly YamuxTimes _times;
    private readonly Lock _lock = new();
    private readonly AsyncSignal _unsent = new();
    private readonly AsyncSignal _sent = new();
    private readonly AsyncSignal _incoming = new();
    private readonly AsyncSignal _answered = new();
    private readonly Queue<YamuxStream> _waitingForRoom = [];
    private readonly Queue<TaskCompletionSource> _waitingToOpen = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WireBuffer _sending = new();
    private Task _loops = Task.CompletedTask;
    private bool _isClosing;
    private bool _isDisposed;

    public YamuxConnection(
        NodeRuntime runtime, NodeConnection connection, bool isClient, YamuxLimits? limits = null, YamuxTimes? times = null)
    {
        _runtime = runtime;
        _connection = connection;
        _session = new YamuxSession(isClient, limits ?? new YamuxLimits());
        _times = times ?? new YamuxTimes();
    }

    /// <summary>Whether a session that ended so was ended by either side in the ordinary way.</summary>
    public static bool IsUsual(string reason) => reason is ClosedHere or ClosedThere;

    /// <summary>Ends when the session has: whatever waits on it is then told.</summary>
    public Task Ended => _loops;

    /// <summary>Why the session has ended; null while it goes on.</summary>
    public string? Failure
    {
        get
        {
            lock (_lock)
            {
                return _session.Failure;
            }
        }
    }

    /// <summary>Whether new streams make sense: neither side goes, and ids are left.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
            {
                return _session.TakesStreams;
            }
        }
    }

    public int StreamCount
    {
        get
        {
            lock (_lock)
            {
                return _session.StreamCount;
            }
        }
    }

    public NodeRuntime Runtime => _runtime;

    public YamuxTimes Times => _times;

    public void Start() => _loops = Task.WhenAll(
        _runtime.Start(() => GuardAsync(ReadAsync)),
        _runtime.Start(() => GuardAsync(WriteAsync)),
        _runtime.Start(() => GuardAsync(KeepAliveAsync)));

    /// <summary>Opens a stream; waits while the peer has too many to acknowledge.</summary>
    /// <exception cref="IOException">The session has ended or takes no more streams.</exception>
    public async ValueTask<YamuxStream> OpenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource waiter;
            lock (_lock)
            {
                if (_session.TryOpen() is { } state)
                {
                    _unsent.Set();
                    return new YamuxStream(this, state);
                }

                if (!_session.TakesStreams)
                {
                    throw Broken();
                }

                waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waitingToOpen.Enqueue(waiter);
            }

            await waiter.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The next stream that the peer opens; null when there will be none any more. One caller at a time.</summary>
    public async ValueTask<YamuxStream?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_session.TryAccept() is { } state)
                {
                    _unsent.Set();
                    return new YamuxStream(this, state);
                }

                if (_session.Failure is not null || _session.IsGoing)
                {
                    return null;
                }
            }

            await _incoming.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Tells the peer that there will be no more streams; those that are open go on.</summary>
    public void GoAway()
    {
        lock (_lock)
        {
            _session.GoAway();
            _unsent.Set();
            _incoming.Set();
            Wake();
        }
    }

    /// <summary>Sends what is left, within the time that a write may take, and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _session.GoAway();
            _isClosing = true;
            _unsent.Set();
        }

        await Task.WhenAny(_flushed.Task, _loops);
        End(ClosedHere);
        await _loops;
        await _connection.DisposeAsync();
        _session.Output.Dispose();
        _sending.Dispose();
    }

    internal bool IsUsable(YamuxStream stream)
    {
        lock (_lock)
        {
            return stream.State is { IsReset: false, IsRemoteClosed: false, IsLocalClosed: false, Unread.Count: 0 };
        }
    }

    internal bool TryRead(YamuxStream stream, Span<byte> destination, out int count)
    {
        lock (_lock)
        {
            YamuxStreamState state = stream.State;
            if (state.IsAbandoned || (state.IsReset && state.Unread.Count == 0))
            {
                throw Broken();
            }

            bool isReadable = YamuxSession.IsReadable(state);
            count = _session.Read(state, destination);
            if (_session.Output.WrittenCount > 0)
            {
                _unsent.Set();
            }

            return isReadable;
        }
    }

    internal int Write(YamuxStream stream, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            YamuxStreamState state = stream.State;
            if (state.IsReset || state.IsLocalClosed || _session.Failure is not null)
            {
                GiveRoom();
                throw Broken();
            }

            int count = _session.Write(state, bytes);
            if (count > 0)
            {
                _unsent.Set();
            }
            else if (state.SendWindow > 0)
            {
                stream.IsWaitingForRoom = true;
                _waitingForRoom.Enqueue(stream);
            }

            return count;
        }
    }

    /// <summary>A stream that waited to write does so no more: the room that it was given is another one's.</summary>
    internal void StopWaiting(YamuxStream stream)
    {
        lock (_lock)
        {
            stream.IsWaitingForRoom = false;
            GiveRoom();
        }
    }

    internal void Change(YamuxStream stream, Action<YamuxSession, YamuxStreamState> change)
    {
        lock (_lock)
        {
            change(_session, stream.State);
            _unsent.Set();
            Wake();
        }
    }

    private IOException Broken() => new($"The stream has ended: {_session.Failure ?? "it was closed or reset"}");

    private void End(string reason)
    {
        lock (_lock)
        {
            _session.End(reason);
            Wake();
        }

        _ending.Cancel();
    }

    // Under the lock. Whoever is woken looks again for himself.
    private void Wake()
    {
        foreach (YamuxStreamState state in _session.Touched)
        {
            if (state.Owner is YamuxStream stream)
            {
                stream.Readable.Set();
                stream.Writable.Set();
            }
        }

        _session.Touched.Clear();
        bool hasEnded = _session.Failure is not null;
        if (hasEnded || _session.IncomingCount > 0)
        {
            _incoming.Set();
        }

        if (_session.UnansweredPings == 0)
        {
            _answered.Set();
        }

        bool isStuck = _session.TakesStreams && !_session.CanOpen;
        while (!isStuck && _waitingToOpen.TryDequeue(out TaskCompletionSource? waiter))
        {
            waiter.TrySetResult();
        }
    }
}
