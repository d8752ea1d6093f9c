using System.Collections.Concurrent;
using System.Net;
using Discovery.Answering;
using Discovery.Sockets;
using Discovery.Wire;
using Microsoft.Extensions.Logging;

namespace Discovery.Server;

/// <summary>What the listeners share: workers to answer with, and the way to a reply that has to wait for recursors.</summary>
internal sealed class DnsEngine(
    IDiscoveryNode node, DnsSettingsSource source, Recursors recursors, DnsMetrics metrics, NodeRuntime runtime, ILogger<DnsServer> logger)
{
    private const int RoundsMax = 4;
    private const int HostsMax = 32;
    private const int ReplyBytes = ushort.MaxValue;

    private readonly Lazy<CatalogRecords> _catalog = new(() => new CatalogRecords(node.Catalog, new RecordMaker(source.Settings)));
    private readonly ConcurrentBag<Seat> _seats = [];
    private readonly Random _seeds = runtime.CreateRandom();
    private readonly LogLimit _failures = new(runtime.Time);

    public DnsSettingsSource Source => source;

    public DnsMetrics Metrics => metrics;

    public NodeRuntime Runtime => runtime;

    public ILogger Logger => logger;

    /// <summary>A worker with a buffer for its reply.</summary>
    public sealed record Seat(AnswerWorker Worker, byte[] Reply);

    public Seat CreateSeat()
    {
        lock (_seeds)
        {
            return new Seat(
                new AnswerWorker(_catalog.Value, source.Settings, (ulong)_seeds.NextInt64()),
                GC.AllocateUninitializedArray<byte>(ReplyBytes, pinned: true));
        }
    }

    public Seat Rent() => _seats.TryTake(out Seat? seat) ? seat : CreateSeat();

    public void Return(Seat seat) => _seats.Add(seat);

    public AnswerRequest Request(bool isTcp, bool isNear)
    {
        DnsOptions options = source.Options;
        return new AnswerRequest(
            isTcp,
            isNear ? options.UdpBytesMaxLocal : options.UdpBytesMax,
            runtime.Time.GetUtcNow().ToUnixTimeSeconds(),
            IsLeaderless: !options.AllowStale && node.Status.Leader is null);
    }

    /// <summary>What a query that threw is told by: one line per period.</summary>
    public void Failed(Exception e)
    {
        if (_failures.ShouldLog(out long count))
        {
            Log.AnswerFailed(logger, count, e);
        }
    }

    /// <summary>Makes the reply to a query that needs recursors.</summary>
    /// <param name="packet">The query; kept until the reply is there.</param>
    /// <param name="request">Who asks.</param>
    /// <param name="first">What the first try came to.</param>
    /// <param name="wanted">The names outside that it needs.</param>
    /// <param name="counts">Where the reply is counted.</param>
    /// <returns>The reply.</returns>
    public async Task<byte[]> CompleteAsync(
        byte[] packet, AnswerRequest request, AnswerResult first, IReadOnlyList<ExternalName> wanted, QueryCounts counts)
    {
        DnsSettings settings = source.Settings;
        _ = DnsQuery.Read(packet, settings.HasQuirks, out DnsQuery query);
        byte[] reply = first.Kind == AnswerKind.Forward
            ? await ForwardAsync(packet, request, query)
            : await ResolveAsync(packet, request with { Seed = first.Seed }, wanted, query);
        counts.Replied(query.Type, DnsReply.RcodeOf(reply), DnsReply.IsTruncated(reply));
        return reply;
    }

    private async Task<byte[]> ForwardAsync(byte[] packet, AnswerRequest request, DnsQuery query)
    {
        byte[]? reply = await recursors.AskAsync(packet, query, request.IsTcp);
        if (reply is null)
        {
            return Failure(packet, query);
        }

        packet.AsSpan(0, 2).CopyTo(reply);
        packet.AsSpan(DnsQuery.HeaderBytes, query.NameLength).CopyTo(reply.AsSpan(DnsQuery.HeaderBytes));
        int allowed = request.IsTcp ? ReplyBytes
            : Math.Min(query.HasOpt ? Math.Max(512, (int)query.OptSize) : 512, request.UdpBytesMax);
        if (reply.Length <= allowed)
        {
            return reply;
        }

        byte[] cut = new byte[query.QuestionEnd + MessageWriter.OptBytes(query)];
        AnswerWorker.WriteEmpty(
            cut, packet, query, DnsFlags.Truncated | DnsFlags.RecursionAvailable, DnsReply.RcodeOf(reply), source.Settings.HasQuirks);
        return cut;
    }

    private async Task<byte[]> ResolveAsync(
        byte[] packet, AnswerRequest request, IReadOnlyList<ExternalName> wanted, DnsQuery query)
    {
        var external = new ExternalRecords();
        for (int round = 0; round < RoundsMax; round++)
        {
            ExternalName[] hosts = [.. wanted.Take(HostsMax)];
            IReadOnlyList<ExternalRecord>[] found = await Task.WhenAll(hosts.Select(recursors.ResolveAsync));
            for (int i = 0; i < wanted.Count; i++)
            {
                external.Add(wanted[i].Host, wanted[i].Type, i < hosts.Length ? found[i] : []);
            }

            Seat seat = Rent();
            try
            {
                AnswerResult result = seat.Worker.Answer(packet, seat.Reply, request, source.Settings, external);
                if (result.Kind == AnswerKind.Reply)
                {
                    return seat.Reply[..result.Length];
                }

                wanted = [.. seat.Worker.Wanted];
            }
            finally
            {
                Return(seat);
            }
        }

        return Failure(packet, query);
    }

    /// <summary>Says that the question could not be answered.</summary>
    public byte[] Failure(byte[] packet, in DnsQuery query)
    {
        byte[] reply = new byte[query.QuestionEnd + MessageWriter.OptBytes(query)];
        AnswerWorker.WriteEmpty(reply, packet, query, DnsFlags.RecursionAvailable, DnsRcode.ServFail, source.Settings.HasQuirks);
        return reply;
    }
}
