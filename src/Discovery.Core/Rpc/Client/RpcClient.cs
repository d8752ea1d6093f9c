using System.Net;
using Discovery.Wire;
using Microsoft.Extensions.Options;

namespace Discovery.Rpc;

/// <summary>Makes calls over pooled streams, by Consul's rules of what is tried again.</summary>
internal sealed class RpcClient : IRpcClient
{
    private const int HoldParts = 16;

    private readonly NodeRuntime _runtime;
    private readonly RpcConnectionPool _pool;
    private readonly RpcOptions _options;
    private readonly Random _random;
    private readonly Lock _randomLock = new();

    public RpcClient(NodeRuntime runtime, RpcConnectionPool pool, IOptions<RpcOptions> options)
    {
        _runtime = runtime;
        _pool = pool;
        _options = options.Value;
        _random = runtime.CreateRandom();
    }

    public async ValueTask<ReadOnlyMemory<byte>> CallAsync(
        IReadOnlyList<DnsEndPoint> servers,
        string method,
        ReadOnlyMemory<byte> body,
        RpcCallOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(servers);
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentOutOfRangeException.ThrowIfZero(servers.Count, nameof(servers));
        options ??= RpcCallOptions.Default;
        long first = _runtime.Time.GetTimestamp();
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await CallOnceAsync(servers[attempt % servers.Count], method, body, options, cancellationToken);
            }
            catch (DiscoveryException e) when (IsTriedAgain(e, options.Kind)
                && (attempt + 1 < servers.Count || _runtime.Time.GetElapsedTime(first) < _options.HoldTimeout))
            {
                // The next server is asked at once if nobody has answered yet, and after a pause when all were asked.
                bool pauses = e.Error == DiscoveryError.NoLeader || (attempt + 1) % servers.Count == 0;
                if (pauses)
                {
                    await Task.Delay(Pause(), _runtime.Time, cancellationToken);
                }
            }
        }
    }

    private static bool IsTriedAgain(DiscoveryException e, RpcCallKind kind) => e.Error switch
    {
        DiscoveryError.NoLeader or DiscoveryError.Witness => true,
        DiscoveryError.PeerUnreachable => e.WriteOutcome == WriteOutcome.NotApplied || kind == RpcCallKind.Read,
        _ => false,
    };

    private async ValueTask<ReadOnlyMemory<byte>> CallOnceAsync(
        DnsEndPoint server, string method, ReadOnlyMemory<byte> body, RpcCallOptions options, CancellationToken cancellationToken)
    {
        using RpcPooledStream pooled = await _pool.RentAsync(server, cancellationToken);
        using var deadline = new CancellationTokenSource(options.Timeout, _runtime.Time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await ExchangeAsync(pooled, method, body, bound.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable(server, $"no answer within {options.Timeout}", null);
        }
        catch (Exception e) when (e is IOException or RpcBodyException)
        {
            throw Unreachable(server, e.Message, e);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ExchangeAsync(
        RpcPooledStream pooled, string method, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var request = new WireBuffer();
        new RpcHeader { Method = method, Sequence = 1 }.WriteRequest(request);
        request.Write(body.Span);
        await pooled.Stream.WriteAsync(request.WrittenMemory, cancellationToken);

        using var input = new RpcInput(pooled.Stream, _options.RequestBytesMax);
        if (await input.ReadAsync(cancellationToken) is not { } head)
        {
            throw new IOException("stream closed");
        }

        RpcHeader header = RpcReader.Read(head.Span, RpcHeader.Response);
        if (await input.ReadAsync(cancellationToken) is not { } reply)
        {
            throw new IOException("stream closed");
        }

        if (header.Sequence != 1)
        {
            throw new IOException("an answer to another call");
        }

        if (header.Error.Length == 0)
        {
            byte[] answer = reply.ToArray();
            pooled.Return();
            return answer;
        }

        if (!RpcErrors.EndsStream(header.Error))
        {
            pooled.Return();
        }

        throw RpcErrors.Of(header.Error);
    }

    private TimeSpan Pause()
    {
        lock (_randomLock)
        {
            return TimeSpan.FromMilliseconds(1) + (_options.HoldTimeout / HoldParts * _random.NextDouble());
        }
    }

    private static DiscoveryException Unreachable(DnsEndPoint server, string reason, Exception? cause) => new(
        DiscoveryError.PeerUnreachable, $"The call to {server.Host}:{server.Port} has failed: {reason}", WriteOutcome.Unknown, cause);
}
