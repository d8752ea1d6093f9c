namespace Discovery.Protocol;

/// <summary>The limits and times of one core; made from the options that a user sets.</summary>
internal sealed record RaftCoreOptions
{
    /// <summary>How often a leader shows that it is there.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a follower protects a leader that it has heard from. Where no leader is known, or the connection to it has ended,
    /// elections begin between this and twice this.</summary>
    public TimeSpan ElectionTimeout { get; init; } = TimeSpan.FromMilliseconds(350);

    /// <summary>How long a follower waits for a leader that is silent while the connection stands: its process is there, and may only
    /// stand still. Elections begin between this and <see cref="PatienceMax"/>.</summary>
    public TimeSpan Patience => ElectionTimeout * 2;

    /// <summary>The longest that a follower waits for a leader of which nothing is here.</summary>
    public TimeSpan PatienceMax => ElectionTimeout * 3;

    /// <summary>How long another is waited for at most when what it has sent is here, and this server is behind with reading.</summary>
    public TimeSpan UnreadMax => PatienceMax * 2;

    /// <summary>The part of the election timeout that is not counted on, because clocks run at different speeds.</summary>
    public double ClockDrift { get; init; } = 0.1;

    /// <summary>How long a leader waits for its own disk before it steps down.</summary>
    public TimeSpan DiskStallMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After how long without progress a peer is asked again where its log ends.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long another full copy may lack an entry of this leader before it counts as out of reach (witnesses only).</summary>
    public TimeSpan CopyLagMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most bytes of entries in one message, but for a single larger entry.</summary>
    public int MessageBytesMax { get; init; } = 1024 * 1024;

    /// <summary>The most messages with entries on their way to one peer.</summary>
    public int InFlightMessagesMax { get; init; } = 64;

    /// <summary>The most bytes of entries on their way to one peer, but for a single larger entry.</summary>
    public int InFlightBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>The most bytes of entries that wait for their commit.</summary>
    public long UncommittedBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>The most bytes of entries handed out to be applied and not applied yet, but for a single larger entry.</summary>
    public int ApplyBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>The bytes of entries kept in memory once they are on the disk and applied.</summary>
    public long WindowBytesMax { get; init; } = 32 * 1024 * 1024;
}
