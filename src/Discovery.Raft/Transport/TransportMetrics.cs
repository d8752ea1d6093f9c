using System.Diagnostics.Metrics;

namespace Discovery.Transport;

/// <summary>The numbers of connections between servers.</summary>
internal sealed class TransportMetrics
{
    private static readonly KeyValuePair<string, object?> s_sent = new("direction", "sent");
    private static readonly KeyValuePair<string, object?> s_received = new("direction", "received");
    private static readonly KeyValuePair<string, object?>[] s_kinds = [.. Enum.GetValues<MessageKind>()
        .Prepend(default)
        .Select(static kind => new KeyValuePair<string, object?>("kind", NameOf(kind)))];

    private readonly Counter<long> _messages;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _connections;
    private readonly Counter<long> _malformed;
    private readonly Counter<long> _proposals;

    public TransportMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create("Discovery.Raft");
        _messages = meter.CreateCounter<long>(
            "discovery.raft.transport.messages", "{message}", "Messages of the protocol, by direction and kind.");
        _bytes = meter.CreateCounter<long>(
            "discovery.raft.transport.bytes", "By", "Bytes on connections between servers, by direction.");
        _dropped = meter.CreateCounter<long>(
            "discovery.raft.transport.dropped", "{message}", "Messages that were not sent, by reason: full, unreachable, lost, too_large.");
        _connections = meter.CreateCounter<long>(
            "discovery.raft.transport.connections", "{connection}",
            "Attempts to connect servers, by direction, purpose and outcome: opened, failed, refused.");
        _malformed = meter.CreateCounter<long>(
            "discovery.raft.transport.malformed", "{connection}", "Connections that were closed because of what came on them.");
        _proposals = meter.CreateCounter<long>(
            "discovery.raft.transport.proposals", "{proposal}", "Forwarded proposals, by direction.");
    }

    public void Sent(int bytes) => _bytes.Add(bytes, s_sent);

    public void Received(int bytes) => _bytes.Add(bytes, s_received);

    public void SentMessage(MessageKind kind) => _messages.Add(1, s_sent, s_kinds[(int)kind]);

    public void ReceivedMessage(MessageKind kind) => _messages.Add(1, s_received, s_kinds[(int)kind]);

    public void SentProposal() => _proposals.Add(1, s_sent);

    public void ReceivedProposal() => _proposals.Add(1, s_received);

    public void Dropped(string reason, int count = 1) => _dropped.Add(count, new KeyValuePair<string, object?>("reason", reason));

    public void Malformed() => _malformed.Add(1);

    public void Dialed(Purpose purpose, string outcome) => Count(s_sent, purpose, outcome);

    public void Accepted(Purpose purpose, string outcome) => Count(s_received, purpose, outcome);

    /// <summary>A hello of nobody in particular was refused.</summary>
    public void AcceptRefused() =>
        _connections.Add(1, s_received, new KeyValuePair<string, object?>("outcome", "refused"));

    private void Count(KeyValuePair<string, object?> direction, Purpose purpose, string outcome) => _connections.Add(
        1,
        direction,
        new KeyValuePair<string, object?>("purpose", purpose switch
        {
            Purpose.Messages => "messages",
            Purpose.Proposals => "proposals",
            _ => "snapshot",
        }),
        new KeyValuePair<string, object?>("outcome", outcome));

    private static string NameOf(MessageKind kind) => kind switch
    {
        MessageKind.AppendRequest => "append",
        MessageKind.AppendAccepted => "append_accepted",
        MessageKind.AppendRejected => "append_rejected",
        MessageKind.Heartbeat => "heartbeat",
        MessageKind.HeartbeatReply => "heartbeat_reply",
        MessageKind.VoteRequest => "vote",
        MessageKind.VoteReply => "vote_reply",
        MessageKind.InstallSnapshot => "snapshot",
        MessageKind.TimeoutNow => "timeout_now",
        MessageKind.ReadIndexRequest => "read_index",
        MessageKind.ReadIndexReply => "read_index_reply",
        _ => "none",
    };
}
