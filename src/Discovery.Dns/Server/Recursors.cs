using System.Net;
using System.Text;
using Discovery.Answering;
using Discovery.Sockets;
using Discovery.Wire;
using Microsoft.Extensions.Logging;

namespace Discovery.Server;

/// <summary>Asks others about names that are not ours.</summary>
/// <remarks>
/// Identical questions that are under way are asked once, which also breaks loops: a question that a recursor sends back to us waits for
/// itself until its time is over, and nothing grows. What was said is remembered for as long as it may be. How many wait at once, for
/// the same or another question, is limited; one more gets none.
/// </remarks>
internal sealed class Recursors(DnsSettingsSource source, NodeRuntime runtime, DnsMetrics metrics, ILogger<DnsServer> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<byte[]?>> _asked = new(StringComparer.Ordinal);
    private readonly RecursorCache _cache = new(runtime.Time);
    private readonly Random _random = runtime.CreateRandom();
    private readonly LogLimit _failures = new(runtime.Time);
    private readonly HashSet<IPEndPoint> _own = [];
    private int _waiting;

    /// <summary>The questions that are under way.</summary>
    public int AskedCount
    {
        get
        {
            lock (_lock)
            {
                return _asked.Count;
            }
        }
    }

    /// <summary>Tells where this server listens, so that it does not ask itself.</summary>
    public void LeaveOut(IEnumerable<IPEndPoint> endpoints)
    {
        lock (_lock)
        {
            _own.UnionWith(endpoints);
        }

        foreach (string recursor in source.Options.Recursors)
        {
            if (RecursorAddress.TryParse(recursor, out IPEndPoint endpoint) && IsOwn(endpoint))
            {
                Log.RecursorIsSelf(logger, recursor);
            }
        }
    }

    /// <summary>Asks the recursors in turn.</summary>
    /// <param name="packet">The query as it came; not changed.</param>
    /// <param name="query">What was read of it.</param>
    /// <param name="isTcp">Whether it came over TCP, and is to go on over TCP.</param>
    /// <returns>A reply of one's own, with any identity; null when there is none.</returns>
    public async Task<byte[]?> AskAsync(byte[] packet, DnsQuery query, bool isTcp)
    {
        string key = KeyOf(packet, query, isTcp);
        Task<byte[]?> asking;
        lock (_lock)
        {
            if (_cache.TryGet(key, query.QuestionEnd) is { } known)
            {
                metrics.CacheHit();
                return known;
            }

            if (_waiting >= source.Options.RecursorQueriesMax)
            {
                return null;
            }

            if (!_asked.TryGetValue(key, out asking!))
            {
                asking = AskAndKeepAsync(key, packet, query, isTcp);
                _asked.Add(key, asking);
            }

            _waiting++;
        }

        byte[]? reply = await asking;
        lock (_lock)
        {
            _waiting--;
        }

        return reply is null ? null : [.. reply];
    }

    /// <summary>Looks a host up.</summary>
    /// <returns>Its addresses and the aliases that lead to them; empty when there are none.</returns>
    public async Task<IReadOnlyList<ExternalRecord>> ResolveAsync(ExternalName host)
    {
        byte[] packet = new byte[DnsQuery.HeaderBytes + host.Host.Length + 4];
        packet[2] = 1;
        packet[5] = 1;
        host.Host.CopyTo(packet.AsSpan(DnsQuery.HeaderBytes));
        packet[^3] = (byte)host.Type;
        packet[^1] = (byte)DnsClass.IN;
        _ = DnsQuery.Read(packet, isLenient: false, out DnsQuery query);
        byte[]? reply = await AskAsync(packet, query, isTcp: false);
        if (reply is not null && DnsReply.IsTruncated(reply))
        {
            reply = await AskAsync(packet, query, isTcp: true);
        }

        return reply is null || DnsReply.RcodeOf(reply) != DnsRcode.NoError ? [] : DnsReply.ReadAnswers(reply, query.QuestionEnd);
    }

    // Everything but the identity and the letters' case: what follows the question can change the answer.
    private static string KeyOf(byte[] packet, in DnsQuery query, bool isTcp)
    {
        byte[] key = packet[1..];
        key[0] = (byte)(isTcp ? 1 : 0);
        DnsName.Fold(
            packet.AsSpan(DnsQuery.HeaderBytes, query.NameLength), key.AsSpan(DnsQuery.HeaderBytes - 1, query.NameLength));
        return Encoding.Latin1.GetString(key);
    }

    private async Task<byte[]?> AskAndKeepAsync(string key, byte[] packet, DnsQuery query, bool isTcp)
    {
        // The caller holds the lock, and lists this task before it lets go.
        await Task.Yield();
        byte[]? reply = null;
        try
        {
            reply = await AskInTurnAsync(packet, query, isTcp);
        }
        catch (Exception e)
        {
            Told("all", e.Message);
        }

        lock (_lock)
        {
            _asked.Remove(key);
            if (reply is not null && !query.HasOptions)
            {
                _cache.Add(key, reply, DnsReply.TtlOf(reply, query.QuestionEnd), source.Options.RecursorCacheEntriesMax);
            }
        }

        return reply;
    }

    private async Task<byte[]?> AskInTurnAsync(byte[] packet, DnsQuery query, bool isTcp)
    {
        DnsOptions options = source.Options;
        foreach (IPEndPoint recursor in InOrder(options))
        {
            long started = runtime.Time.GetTimestamp();
            string outcome = "error";
            try
            {
                using var bound = new CancellationTokenSource(options.RecursorTimeout, runtime.Time);
                byte[] reply = await RecursorExchange.AskAsync(recursor, packet, query.QuestionEnd, isTcp, bound.Token);
                int rcode = DnsReply.RcodeOf(reply);
                outcome = rcode is DnsRcode.NoError or DnsRcode.NXDomain ? "ok" : "refused";
                if (outcome == "ok")
                {
                    return reply;
                }

                Told(recursor.ToString(), $"response code {rcode}");
            }
            catch (OperationCanceledException)
            {
                outcome = "timeout";
                Told(recursor.ToString(), $"no reply within {options.RecursorTimeout}");
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or System.IO.IOException)
            {
                Told(recursor.ToString(), e.Message);
            }
            finally
            {
                metrics.Recursed(runtime.Time.GetElapsedTime(started), outcome);
            }
        }

        return null;
    }

    private List<IPEndPoint> InOrder(DnsOptions options)
    {
        var endpoints = new List<IPEndPoint>();
        foreach (string text in options.Recursors)
        {
            if (RecursorAddress.TryParse(text, out IPEndPoint endpoint) && !endpoints.Contains(endpoint) && !IsOwn(endpoint))
            {
                endpoints.Add(endpoint);
            }
        }

        if (options.RecursorStrategy == DnsRecursorStrategy.Random)
        {
            lock (_lock)
            {
                for (int i = endpoints.Count - 1; i > 0; i--)
                {
                    int other = _random.Next(i + 1);
                    (endpoints[i], endpoints[other]) = (endpoints[other], endpoints[i]);
                }
            }
        }

        return endpoints;
    }

    private bool IsOwn(IPEndPoint endpoint)
    {
        lock (_lock)
        {
            return _own.Contains(endpoint);
        }
    }

    private void Told(string recursor, string reason)
    {
        if (_failures.ShouldLog(out long count))
        {
            Log.RecursorFailed(logger, recursor, reason, count);
        }
    }
}
