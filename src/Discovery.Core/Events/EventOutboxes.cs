using System.Net;
using Discovery.Rpc;
using Discovery.Sockets;
using Discovery.Wire;
using Microsoft.Extensions.Logging;

namespace Discovery.Events;

/// <summary>Hands events to other servers, to each what waits for it in one call after the other; without any, nothing runs.</summary>
/// <remarks>
/// A call that has failed is made again for a while, which does no harm: what has been there before is the same event. Then the events of
/// that call are given up, as are the oldest of more than <see cref="WaitingMax"/>.
/// </remarks>
internal sealed class EventOutboxes(
    IRpcClient client, EventClock clock, NodeRuntime runtime, NodeLifetime lifetime, CallScope scope, ILogger<EventOutboxes> logger)
{
    public const int WaitingMax = 256;

    private static readonly RpcCallOptions s_call = new() { Kind = RpcCallKind.Read, Timeout = TimeSpan.FromSeconds(5) };
    private static readonly RpcShape<EventTimeBody> s_reply = new(
        new RpcField<EventTimeBody>("LTime", static (ref reader, body) => reader.ReadUnsigned(ref body.Time)));

    private readonly Lock _lock = new();
    private readonly Dictionary<DnsEndPoint, Queue<UserEventMessage>> _waiting = [];
    private readonly LogLimit _failures = new(runtime.Time);

    public void Add(DnsEndPoint server, UserEventMessage message)
    {
        if (!TryQueue(server, message, out bool isFull))
        {
            _ = runtime.Start(() => SendAllAsync(server));
        }

        if (isFull)
        {
            Tell(1, server, $"more than {WaitingMax} are waiting");
        }
    }

    // False when nobody sends to the server yet.
    private bool TryQueue(DnsEndPoint server, UserEventMessage message, out bool isFull)
    {
        lock (_lock)
        {
            bool isSending = _waiting.TryGetValue(server, out Queue<UserEventMessage>? queue);
            isFull = queue?.Count == WaitingMax;
            if (isFull)
            {
                queue!.Dequeue();
            }

            if (queue is null)
            {
                _waiting.Add(server, queue = []);
            }

            queue.Enqueue(message);
            return isSending;
        }
    }

    private async Task SendAllAsync(DnsEndPoint server)
    {
        while (Take(server) is { Length: > 0 } batch)
        {
            try
            {
                ReadOnlyMemory<byte> reply = await client.CallAsync(
                    [server], EventSpread.Method, EventSpread.Encode(scope.Datacenter, batch), s_call, lifetime.Stopping);
                clock.Witness(RpcReader.Read(reply.Span, s_reply).Time);
            }
            catch (Exception e)
            {
                // Whatever it was: with the next batch the server is called again.
                Tell(batch.Length, server, e.Message);
            }
        }
    }

    private void Tell(int events, DnsEndPoint server, string reason)
    {
        if (!lifetime.Stopping.IsCancellationRequested && _failures.ShouldLog(out long count))
        {
            Log.NotSent(logger, events, $"{server.Host}:{server.Port}", reason, count);
        }
    }

    private UserEventMessage[] Take(DnsEndPoint server)
    {
        lock (_lock)
        {
            UserEventMessage[] batch = [.. _waiting[server]];
            _waiting[server].Clear();
            if (batch.Length == 0)
            {
                _waiting.Remove(server);
            }

            return batch;
        }
    }
}
