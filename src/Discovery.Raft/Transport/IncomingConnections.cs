using System.Net.Sockets;
using Discovery.Protocol;
using Discovery.Sockets;

namespace Discovery.Transport;

/// <summary>Serves the connections that peers open: judges the hello, and hands what comes to the log.</summary>
internal sealed class IncomingConnections(TransportParts parts, PeerNames names, ReassemblyBudget budget, CancellationToken stopping)
{
    private const int SnapshotAnswersMax = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<(VoterId, Purpose), PeerConnection> _served = [];
    private readonly LogLimit _silent = new(parts.Runtime.Time);
    private readonly LogLimit[] _refused =
        [.. Enum.GetValues<HelloRefusal>().Select(_ => new LogLimit(parts.Runtime.Time))];
    private IRaftReceiver? _receiver;
    private int _snapshots;

    /// <summary>The log; null until it is open: connections are told to come again.</summary>
    public IRaftReceiver? Receiver
    {
        get => Volatile.Read(ref _receiver);
        set => Volatile.Write(ref _receiver, value);
    }

    /// <summary>How many connections are served now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _served.Count;
            }
        }
    }

    /// <summary>Whether messages of a server are here that nobody was handed yet.</summary>
    public bool HasUnread(VoterId from)
    {
        PeerConnection? connection;
        lock (_lock)
        {
            connection = _served.GetValueOrDefault((from, Purpose.Messages));
        }

        return connection?.HasUnread ?? false;
    }

    public async Task ServeAsync(NodeConnection connection, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        SendLimit.Set(connection.Stream);
        bool hasSnapshot = false;
        Stream stream = connection.Stream;
        try
        {
            Hello hello;
            using (var deadline = new CancellationTokenSource(parts.Options.HelloTimeout, parts.Runtime.Time))
            using (var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, either.Token))
            {
                stream = await parts.Security.AsServerAsync(connection.Stream, bound.Token);
                hello = await Handshake.AcceptAsync(
                    stream, parts.Identity, said => Judge(said, ref hasSnapshot), parts.Introductions, bound.Token);
            }

            if (hello.From != parts.Identity.Self)
            {
                names.Hear(hello.From, hello.Name);
                parts.Introductions?.Heard(hello);
            }

            var purpose = (Purpose)hello.Code;
            if (purpose == Purpose.Introduction)
            {
                return;
            }

            parts.Metrics.Accepted(purpose, "opened");
            Log.Accepted(parts.Logger, hello.Name, connection.Remote, purpose);
            await ServeAsync(stream, connection.Stream, hello, purpose, either.Token);
        }
        catch (HelloException e)
        {
            parts.Metrics.AcceptRefused();
            if (e.Refusal != HelloRefusal.NotReady && _refused[(int)e.Refusal].ShouldLog(out long count))
            {
                Log.Refused(parts.Logger, connection.Remote, e.Message, count);
            }
        }
        catch (OperationCanceledException) when (!either.IsCancellationRequested)
        {
            parts.Metrics.AcceptRefused();
            if (_silent.ShouldLog(out long count))
            {
                Log.HelloTimedOut(parts.Logger, connection.Remote, parts.Options.HelloTimeout, count);
            }
        }
        finally
        {
            if (hasSnapshot)
            {
                Volatile.Write(ref _snapshots, 0);
            }

            await stream.DisposeAsync();
        }
    }

    private HelloRefusal Judge(Hello hello, ref bool hasSnapshot)
    {
        if (hello.Code == (byte)Purpose.Introduction)
        {
            return HelloRefusal.None;
        }

        if (Receiver is null)
        {
            return HelloRefusal.NotReady;
        }

        if (hello.Code != (byte)Purpose.Snapshot)
        {
            return HelloRefusal.None;
        }

        hasSnapshot = Interlocked.CompareExchange(ref _snapshots, 1, 0) == 0;
        return hasSnapshot ? HelloRefusal.None : HelloRefusal.Busy;
    }

    private async Task ServeAsync(Stream stream, Stream wire, Hello hello, Purpose purpose, CancellationToken cancellationToken)
    {
        IRaftReceiver receiver = Receiver!;
        VoterId self = parts.Identity.Self;
        SendQueue queue = purpose == Purpose.Proposals
            ? new SendQueue(parts.Options.ProposalsMax, parts.Options.ProposalBytesMax)
            : new SendQueue(SnapshotAnswersMax, FrameFormat.ContentBytesMax);
        IncomingProposals? proposals = null;
        IncomingSnapshot? snapshot = null;
        IFrameHandler handler = purpose switch
        {
            Purpose.Messages => new IncomingMessages(receiver, hello.From, self, parts.Metrics),
            Purpose.Proposals =>
                proposals = new IncomingProposals(receiver, hello.Name, queue, parts.Options, parts.Metrics, parts.Logger),
            _ => snapshot = new IncomingSnapshot(parts.Runtime, receiver, hello, self, queue, parts.Logger),
        };
        ConnectionLimits limits = purpose == Purpose.Snapshot
            ? ConnectionLimits.Snapshot(parts.Options, budget)
            : ConnectionLimits.Accepted(parts.Options, budget);
        using var connection = new PeerConnection(parts.Runtime, stream, handler, queue, limits, parts.Metrics) { Wire = wire };
        if (proposals is not null)
        {
            proposals.EndConnection = connection.End;
        }

        Enter((hello.From, purpose), connection);
        try
        {
            await connection.RunAsync(cancellationToken);
        }
        finally
        {
            if (Leave((hello.From, purpose), connection) && purpose == Purpose.Messages)
            {
                receiver.Disconnected(hello.From);
            }

            await (snapshot?.EndAsync(connection.EndReason ?? "the connection failed") ?? Task.CompletedTask);
        }

        Log.IncomingEnded(parts.Logger, hello.Name, purpose, connection.EndReason!);
    }

    // A server that connects anew has lost its other connection, whether this side knows of it yet or not.
    private void Enter((VoterId From, Purpose Purpose) key, PeerConnection connection)
    {
        PeerConnection? before;
        lock (_lock)
        {
            _served.Remove(key, out before);
            _served[key] = connection;
        }

        before?.End("the server has opened another one");
    }

    // Whether there is none any more.
    private bool Leave((VoterId From, Purpose Purpose) key, PeerConnection connection)
    {
        lock (_lock)
        {
            return _served.TryGetValue(key, out PeerConnection? now) && now == connection && _served.Remove(key);
        }
    }
}
