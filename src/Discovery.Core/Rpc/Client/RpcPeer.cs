namespace Discovery.Rpc;

/// <summary>The session with one server, and its streams that nobody uses.</summary>
internal sealed class RpcPeer : IAsyncDisposable
{
    private const int IdleStreamsMax = 32;

    private readonly NodeRuntime _runtime;
    private readonly RpcOptions _options;
    private readonly Func<Task<YamuxConnection>> _open;
    private readonly Lock _lock = new();
    private readonly Stack<YamuxStream> _idle = [];
    private Task<YamuxConnection>? _session;
    private ITimer? _idleTimer;
    private int _used;
    private bool _isDisposed;

    public RpcPeer(NodeRuntime runtime, Func<Task<YamuxConnection>> open, RpcOptions options)
    {
        _runtime = runtime;
        _open = open;
        _options = options;
    }

    /// <summary>Told when nobody has used the session for <see cref="RpcOptions.IdleTimeout"/>.</summary>
    public Action Idle { get; set; } = static () => { };

    /// <summary>A stream; null when the session has ended or takes no more.</summary>
    public async ValueTask<RpcPooledStream?> RentAsync(CancellationToken cancellationToken)
    {
        Task<YamuxConnection> opening;
        lock (_lock)
        {
            if (_isDisposed)
            {
                return null;
            }

            _used++;
            _idleTimer?.Dispose();
            _idleTimer = null;

            // Whoever gives up waiting does not break it off for the others.
            opening = _session ??= OpenAsync();
        }

        try
        {
            YamuxConnection session = await opening.WaitAsync(cancellationToken);
            if (!session.IsOpen)
            {
                Release();
                return null;
            }

            return new RpcPooledStream(this, TakeIdle() ?? await session.OpenAsync(cancellationToken));
        }
        catch (IOException)
        {
            Release();
            return null;
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Takes a stream back that can be used again.</summary>
    public void Return(YamuxStream stream)
    {
        lock (_lock)
        {
            if (!_isDisposed && _idle.Count < IdleStreamsMax)
            {
                _idle.Push(stream);
                stream = null!;
            }
        }

        stream?.Dispose();
        Release();
    }

    /// <summary>A stream is no longer used.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (--_used == 0 && !_isDisposed)
            {
                _idleTimer = _runtime.Time.CreateTimer(
                    static one => ((RpcPeer)one!).EndWhenIdle(), this, _options.IdleTimeout, Timeout.InfiniteTimeSpan);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task<YamuxConnection>? session;
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            session = _session;
            _idle.Clear();
            _idleTimer?.Dispose();
        }

        if (session is null)
        {
            return;
        }

        try
        {
            await (await session).DisposeAsync();
        }
        catch (Exception e) when (e is DiscoveryException or IOException)
        {
            // It was never opened.
        }
    }

    private async Task<YamuxConnection> OpenAsync()
    {
        try
        {
            return await _open();
        }
        catch
        {
            // The next one tries again.
            lock (_lock)
            {
                _session = null;
            }

            throw;
        }
    }

    private YamuxStream? TakeIdle()
    {
        lock (_lock)
        {
            while (_idle.TryPop(out YamuxStream? stream))
            {
                if (stream.IsUsable)
                {
                    return stream;
                }

                stream.Dispose();
            }

            return null;
        }
    }

    private void EndWhenIdle()
    {
        lock (_lock)
        {
            if (_used > 0 || _isDisposed)
            {
                return;
            }
        }

        Idle();
    }
}
