using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>The messages of the protocol; the numbers are on the wire and never given anew.</summary>
internal enum MessageKind : byte
{
    /// <summary><see cref="Protocol.AppendRequest"/>.</summary>
    AppendRequest = 1,

    /// <summary><see cref="Protocol.AppendAccepted"/>.</summary>
    AppendAccepted = 2,

    /// <summary><see cref="Protocol.AppendRejected"/>.</summary>
    AppendRejected = 3,

    /// <summary><see cref="Protocol.Heartbeat"/>.</summary>
    Heartbeat = 4,

    /// <summary><see cref="Protocol.HeartbeatReply"/>.</summary>
    HeartbeatReply = 5,

    /// <summary><see cref="Protocol.VoteRequest"/>.</summary>
    VoteRequest = 6,

    /// <summary><see cref="Protocol.VoteReply"/>.</summary>
    VoteReply = 7,

    /// <summary><see cref="Protocol.InstallSnapshot"/>.</summary>
    InstallSnapshot = 8,

    /// <summary><see cref="Protocol.TimeoutNow"/>.</summary>
    TimeoutNow = 9,

    /// <summary><see cref="Protocol.ReadIndexRequest"/>.</summary>
    ReadIndexRequest = 10,

    /// <summary><see cref="Protocol.ReadIndexReply"/>.</summary>
    ReadIndexReply = 11,
}
