namespace Discovery.Transport;

/// <summary>The limits and times between servers; made from the options that a user sets.</summary>
internal sealed record TransportOptions
{
    /// <summary>How long opening a connection to a peer may take.</summary>
    public TimeSpan DialTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the two sides may take to say who they are.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a side with nothing to say is silent before it says that it is there.</summary>
    /// <remarks>It is the unit of all waits for the other side.</remarks>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After how many keep-alive times without a byte from it the other side is gone.</summary>
    public int SilentTimesMax { get; init; } = 3;

    /// <summary>After how many keep-alive times in which the other side takes nothing it is gone.</summary>
    public int StalledTimesMax { get; init; } = 5;

    /// <summary>The same while a snapshot is sent: the receiver's disk may stand still for a while.</summary>
    public int SnapshotStalledTimesMax { get; init; } = 60;

    /// <summary>After how many keep-alive times without a message a connection is closed; the next message opens it again.</summary>
    public int IdleTimesMax { get; init; } = 120;

    /// <summary>The wait before the second attempt to reach a peer; it doubles.</summary>
    public TimeSpan BackOffMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait between attempts to reach a peer.</summary>
    public TimeSpan BackOffMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a connection must have lasted for its end to be followed by an attempt at once.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most messages that wait to be sent to one peer, of each lane.</summary>
    public int QueueMessagesMax { get; init; } = 4096;

    /// <summary>The most bytes that wait to be sent to one peer, of each lane, but for a single larger message.</summary>
    public long QueueBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>The most messages that wait for a connection that is being opened.</summary>
    public int DialingMessagesMax { get; init; } = 64;

    /// <summary>The most forwarded proposals of one peer that wait for their outcome.</summary>
    public int ProposalsMax { get; init; } = 65536;

    /// <summary>The most bytes of forwarded proposals, to one peer or of one peer, that wait for their outcome.</summary>
    public long ProposalBytesMax { get; init; } = 128 * 1024 * 1024;

    /// <summary>The largest message; it holds the largest command, and a message's worth of entries.</summary>
    public int MessageBytesMax { get; init; } = 80 * 1024 * 1024;

    /// <summary>The most bytes of half-received messages, of all peers together.</summary>
    public long ReassemblyBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>From how many bytes on the content of a frame is compressed; <see cref="int.MaxValue"/> for never.</summary>
    public int CompressFrom { get; init; } = 1024;

    /// <summary>How many bytes of a snapshot are sent in a second; 0 for as many as go through.</summary>
    public long SnapshotBytesPerSecond { get; init; }

    /// <summary>The most peers that are remembered, with their names and connections.</summary>
    public int PeersMax { get; init; } = 1024;
}
