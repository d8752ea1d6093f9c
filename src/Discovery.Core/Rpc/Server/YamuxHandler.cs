using System.Net;
using Discovery.Sockets;
using Microsoft.Extensions.Logging;

namespace Discovery.Rpc;

/// <summary>Byte 4: many streams of calls on one connection.</summary>
internal sealed class YamuxHandler(NodeRuntime runtime, RpcOptions options, RpcService service, ILogger<YamuxHandler> logger)
    : INodeConnectionHandler
{
    private readonly YamuxLimits _limits = new()
    {
        StreamsMax = options.StreamsPerConnectionMax,
        UnreadBytesMax = options.ConnectionBytesMax,
    };

    private readonly LogLimit _failures = new(runtime.Time);
    private int _streams;

    public byte Protocol => 4;

    public string Name => "yamux";

    public async Task HandleAsync(NodeConnection connection, CancellationToken cancellationToken)
    {
        var session = new YamuxConnection(runtime, connection, isClient: false, _limits);
        using CancellationTokenRegistration stopping = cancellationToken.UnsafeRegister(
            static one => ((YamuxConnection)one!).GoAway(), session);
        session.Start();
        try
        {
            while (await session.AcceptAsync(CancellationToken.None) is { } stream)
            {
                if (Interlocked.Increment(ref _streams) > options.StreamsMax)
                {
                    Interlocked.Decrement(ref _streams);
                    stream.Reset();
                    stream.Dispose();
                    continue;
                }

                _ = runtime.Start(() => ServeAsync(stream, connection.Remote.Address, cancellationToken));
            }
        }
        finally
        {
            if (session.Failure is { } reason && !YamuxConnection.IsUsual(reason) && _failures.ShouldLog(out long count))
            {
                Log.SessionFailed(logger, connection.Remote, reason, count);
            }

            await session.DisposeAsync();
        }
    }

    private async Task ServeAsync(YamuxStream stream, IPAddress caller, CancellationToken cancellationToken)
    {
        await using (stream)
        {
            try
            {
                await service.ServeAsync(stream, caller, cancellationToken);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The caller is gone or too slow, or the node stops.
            }
            catch (Exception e)
            {
                if (_failures.ShouldLog(out long count))
                {
                    Log.ConnectionFailed(logger, Name, count, e);
                }
            }
            finally
            {
                Interlocked.Decrement(ref _streams);
            }
        }
    }
}
