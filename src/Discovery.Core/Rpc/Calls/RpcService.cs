using System.Diagnostics.Metrics;
using System.Net;
using Discovery.Consul;
using Discovery.Sockets;
using Discovery.Wire;
using Microsoft.Extensions.Logging;

namespace Discovery.Rpc;

/// <summary>Answers the calls on streams: one at a time on each, many streams at once.</summary>
/// <remarks>
/// A call that waits is watched for its caller to hang up. Without a leader a call is tried again for <see cref="RpcOptions.HoldTimeout"/>
/// before it is refused, as Consul's servers do.
/// </remarks>
internal sealed class RpcService
{
    private const int WritePieceBytes = 64 * 1024;
    private const int HoldParts = 16;
    private const string TooMuch = "RPC rate limit exceeded";

    private readonly NodeRuntime _runtime;
    private readonly RpcOptions _options;
    private readonly string _datacenter;
    private readonly ILogger _logger;
    private readonly Dictionary<string, RpcMethod> _methods = new(StringComparer.Ordinal);
    private readonly HashSet<string> _services = new(StringComparer.Ordinal);
    private readonly Random _random;
    private readonly Lock _randomLock = new();
    private readonly LogLimit _failures;
    private readonly Counter<long> _calls;
    private readonly RpcMemory _memory;
    private int _running;

    /// <exception cref="InvalidOperationException">Two groups have a method of the same name.</exception>
    public RpcService(
        NodeRuntime runtime,
        RpcOptions options,
        string datacenter,
        IEnumerable<IRpcMethodGroup> groups,
        IMeterFactory meters,
        ILogger<RpcService> logger)
    {
        _runtime = runtime;
        _options = options;
        _datacenter = datacenter;
        _logger = logger;
        _random = runtime.CreateRandom();
        _memory = new RpcMemory(options.HeldBytesMax);
        _failures = new LogLimit(runtime.Time);
        _calls = meters.Create("Discovery.Core").CreateCounter<long>(
            "discovery.core.rpc.calls", "{call}", "Calls of other nodes that were answered, by method.");
        foreach (RpcMethod method in groups.SelectMany(static group => group.Methods))
        {
            if (!_methods.TryAdd(method.Name, method))
            {
                throw new InvalidOperationException($"Two groups of methods have {method.Name}.");
            }

            _services.Add(method.Name[..method.Name.LastIndexOf('.')]);
        }
    }

    /// <summary>Bytes of calls and replies that are held now.</summary>
    public long HeldBytes => _memory.Used;

    /// <summary>Answers the calls of one stream until the caller goes or does wrong.</summary>
    public async Task ServeAsync(Stream stream, IPAddress caller, CancellationToken stopping)
    {
        using var input = new RpcInput(stream, _options.RequestBytesMax, _memory);
        while (await input.WaitAsync(stopping))
        {
            (RpcHeader Header, ReadOnlyMemory<byte> Body)? request = await ReadAsync(input, stopping);
            if (request is not { } one || !await AnswerAsync(stream, input, one, caller, stopping))
            {
                return;
            }
        }
    }

    /// <summary>How long a blocking query waits: what is asked for within limits, and up to a sixteenth more.</summary>
    public TimeSpan WaitOf(TimeSpan asked)
    {
        lock (_randomLock)
        {
            return BlockingTime.Of(asked, _options.DefaultQueryTime, _options.MaxQueryTime, _random);
        }
    }

    private async ValueTask<(RpcHeader Header, ReadOnlyMemory<byte> Body)?> ReadAsync(RpcInput input, CancellationToken stopping)
    {
        // Once it has begun, a request comes whole within its time.
        using var deadline = new CancellationTokenSource(_options.RequestTimeout, _runtime.Time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        if (await input.ReadAsync(bound.Token) is not { } head)
        {
            return null;
        }

        RpcHeader header;
        try
        {
            header = RpcReader.Read(head.Span, RpcHeader.Request);
        }
        catch (RpcBodyException)
        {
            return null;
        }

        return await input.ReadAsync(bound.Token) is { } body ? (header, body) : null;
    }

    private async ValueTask<bool> AnswerAsync(
        Stream stream,
        RpcInput input,
        (RpcHeader Header, ReadOnlyMemory<byte> Body) request,
        IPAddress caller,
        CancellationToken stopping)
    {
        using var reply = new WireBuffer(0, _options.RequestBytesMax);
        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var hungUp = CancellationTokenSource.CreateLinkedTokenSource(aborted.Token);
        request.Header.WriteResponse(reply, "");
        var call = new RpcCall(request.Body, reply, _datacenter, WaitOf)
        {
            SourceAddress = caller,
            Aborted = aborted.Token,
            HungUp = hungUp.Token,
        };
        Task<(string? Error, bool GoesOn)> running = RunAsync(request.Header.Method, call, reply);
        if (!running.IsCompleted)
        {
            await WatchAsync(running, input.LookAhead(stopping), aborted, hungUp);
        }

        (string? error, bool goesOn) = await running;
        int held = reply.WrittenCount;
        if (error is null && !_memory.TryTake(held))
        {
            (error, held) = (TooMuch, 0);
        }

        try
        {
            if (error is not null)
            {
                reply.Reset(0);
                request.Header.WriteResponse(reply, error);
                reply.Write([MessagePackCode.FixMap]);
            }

            await WriteAsync(stream, reply.WrittenMemory, stopping);
            return goesOn;
        }
        finally
        {
            _memory.Return(error is null ? held : 0);
        }
    }

    private static async ValueTask WatchAsync(
        Task running, Task<int> ahead, CancellationTokenSource aborted, CancellationTokenSource hungUp)
    {
        if (await Task.WhenAny(running, ahead) != ahead)
        {
            return;
        }

        if (!ahead.IsCompletedSuccessfully)
        {
            await aborted.CancelAsync();
        }
        else if (await ahead == 0)
        {
            await hungUp.CancelAsync();
        }
    }

    private async Task<(string? Error, bool GoesOn)> RunAsync(string name, RpcCall call, WireBuffer reply)
    {
        if (!_methods.TryGetValue(name, out RpcMethod? method))
        {
            return (TroubleOf(name), false);
        }

        _calls.Add(1, new KeyValuePair<string, object?>("method", name));
        try
        {
            if (Interlocked.Increment(ref _running) > _options.RequestsMax)
            {
                return (TooMuch, true);
            }

            await HoldAsync(method, call, reply);
            return (null, true);
        }
        catch (RpcBodyException e)
        {
            return (e.Message, false);
        }
        catch (DiscoveryException e)
        {
            return (e.Message, true);
        }
        catch (WireLimitException)
        {
            return ($"the reply has more than {_options.RequestBytesMax} bytes", true);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (_failures.ShouldLog(out long count))
            {
                Log.CallFailed(_logger, name, count, e);
            }

            return ("internal error", true);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async ValueTask HoldAsync(RpcMethod method, RpcCall call, WireBuffer reply)
    {
        int start = reply.WrittenCount;
        long first = _runtime.Time.GetTimestamp();
        while (true)
        {
            try
            {
                await method.Handle(call);
                return;
            }
            catch (DiscoveryException e) when (e is { Error: DiscoveryError.NoLeader, WriteOutcome: WriteOutcome.NotApplied }
                && _runtime.Time.GetElapsedTime(first) < _options.HoldTimeout)
            {
                reply.Truncate(start);
            }

            await Task.Delay(Pause(), _runtime.Time, call.HungUp);
        }
    }

    private TimeSpan Pause()
    {
        lock (_randomLock)
        {
            return TimeSpan.FromMilliseconds(1) + (_options.HoldTimeout / HoldParts * _random.NextDouble());
        }
    }

    private string TroubleOf(string name)
    {
        int dot = name.LastIndexOf('.');
        return dot < 0 ? $"rpc: service/method request ill-formed: {name}"
            : _services.Contains(name[..dot]) ? $"rpc: can't find method {name}"
            : $"rpc: can't find service {name}";
    }

    // However slowly the caller reads: he must go on reading.
    private async ValueTask WriteAsync(Stream stream, ReadOnlyMemory<byte> bytes, CancellationToken stopping)
    {
        while (!bytes.IsEmpty)
        {
            ReadOnlyMemory<byte> piece = bytes[..Math.Min(bytes.Length, WritePieceBytes)];
            using var deadline = new CancellationTokenSource(_options.RequestTimeout, _runtime.Time);
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
            await stream.WriteAsync(piece, bound.Token);
            bytes = bytes[piece.Length..];
        }
    }
}
