using System.Net.Sockets;
using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>The way to one peer for one purpose: connects when there is something to send, and again after a wait that grows.</summary>
/// <remarks>
/// While the peer is not reached, what is to be sent is dropped at once, at the price of a look at the clock. A connection that had lasted
/// is opened anew without a wait. What waits in the queue of a connection that ends is lost: the protocol asks again, in its own time.
/// </remarks>
internal sealed class PeerLink(
    TransportParts parts, PeerDialer dialer, PeerNames names, LinkTarget target, Func<LinkSession> begin, CancellationToken stopping)
{
    private readonly Lock _lock = new();
    private readonly Random _random = parts.Runtime.CreateRandom();
    private LinkSession? _session;
    private Task _running = Task.CompletedTask;
    private bool _isOpen;
    private bool _isTold;
    private long _endedAt;
    private TimeSpan _wait;
    private int _failures;

    /// <summary>Whether it is connected, or about to be.</summary>
    public bool IsActive
    {
        get
        {
            lock (_lock)
            {
                return _session is not null;
            }
        }
    }

    /// <summary>Ends when the connection has that there is now, if there is one.</summary>
    public Task Ended
    {
        get
        {
            lock (_lock)
            {
                return _running;
            }
        }
    }

    private string Name => names.Tell(target.Peer);

    /// <summary>Adds something to be sent, if there is a way to send it.</summary>
    public SendOutcome TryAdd(object item, long bytes, Lane lane, out LinkSession? session)
    {
        lock (_lock)
        {
            session = _session;
            if (session is null)
            {
                if (stopping.IsCancellationRequested)
                {
                    return SendOutcome.Stopped;
                }

                if (parts.Runtime.Time.GetElapsedTime(_endedAt) < _wait)
                {
                    return SendOutcome.Unreachable;
                }

                LinkSession started = session = _session = begin();
                _running = parts.Runtime.Start(() => RunAsync(started));
            }

            if (!_isOpen && session.Queue.Count >= parts.Options.DialingMessagesMax && target.Purpose == Purpose.Messages)
            {
                return SendOutcome.Full;
            }
        }

        // Not under the lock: who adds may send as well.
        return session.TryAdd(item, bytes, lane) ? SendOutcome.Added : SendOutcome.Full;
    }

    private async Task RunAsync(LinkSession session)
    {
        long openedAt = 0;
        bool wasOpen = false;
        try
        {
            await using OpenedConnection opened = await dialer.OpenAsync(target.Peer, target.Purpose, stopping);
            (wasOpen, openedAt) = (true, parts.Runtime.Time.GetTimestamp());
            Open(opened);
            using var connection = new PeerConnection(
                parts.Runtime, opened.Stream, session, session.Queue, ConnectionLimits.Opened(parts.Options, target.Budget), parts.Metrics);
            await connection.RunAsync(stopping);
            if (!connection.WasIdle)
            {
                Log.Ended(parts.Logger, Name, target.Purpose, connection.EndReason!);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            Tell(e.Message);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Nobody is to be told.
        }
        catch (Exception e)
        {
            Log.Failed(parts.Logger, Name, target.Purpose, e);
        }

        Close(wasOpen && parts.Runtime.Time.GetElapsedTime(openedAt) >= parts.Options.StableAfter);
        session.OnEnded(stopping.IsCancellationRequested);
    }

    private void Open(OpenedConnection opened)
    {
        lock (_lock)
        {
            (_isOpen, _isTold) = (true, false);
        }

        Log.Connected(parts.Logger, Name, opened.Address, target.Purpose);
    }

    private void Close(bool wasStable)
    {
        lock (_lock)
        {
            (_session, _isOpen) = (null, false);
            _endedAt = parts.Runtime.Time.GetTimestamp();
            _failures = wasStable ? 0 : _failures + 1;
            _wait = WaitAfter(_failures);
        }
    }

    // None after a connection that had lasted; then doubling, between three quarters and all of it so that servers do not beat in time.
    private TimeSpan WaitAfter(int failures)
    {
        if (failures == 0)
        {
            return TimeSpan.Zero;
        }

        double most = parts.Options.BackOffMin.Ticks * Math.Pow(2, Math.Min(failures - 1, 20));
        double wait = Math.Min(most, parts.Options.BackOffMax.Ticks);
        return TimeSpan.FromTicks((long)(wait * (0.75 + (0.25 * _random.NextDouble()))));
    }

    // Once, until it has been reached again: a server that is away for a day is one line.
    private void Tell(string reason)
    {
        bool isNews;
        lock (_lock)
        {
            isNews = !_isTold;
            _isTold = true;
        }

        if (isNews)
        {
            Log.Unreached(parts.Logger, Name, target.Purpose, reason);
        }
    }
}
