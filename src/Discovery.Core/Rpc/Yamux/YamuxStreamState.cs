namespace Discovery.Rpc;

/// <summary>One stream as its session knows it; changed by the session only.</summary>
internal sealed class YamuxStreamState(uint id)
{
    /// <summary>What was received and not yet read.</summary>
    public YamuxReceiveBuffer Unread;

    public uint Id { get; } = id;

    /// <summary>What the peer may still send.</summary>
    public int ReceiveWindow { get; set; } = YamuxLimits.WindowBytes;

    /// <summary>What was read since the peer was last given more window.</summary>
    public int Consumed { get; set; }

    /// <summary>What the peer takes now.</summary>
    public uint SendWindow { get; set; } = YamuxLimits.WindowBytes;

    /// <summary>The opening of this side has not been answered.</summary>
    public bool IsUnacknowledged { get; set; }

    /// <summary>This side has said that it writes no more.</summary>
    public bool IsLocalClosed { get; set; }

    /// <summary>The other side has said that it writes no more.</summary>
    public bool IsRemoteClosed { get; set; }

    /// <summary>The stream was cut off by either side, or with its session.</summary>
    public bool IsReset { get; set; }

    /// <summary>Nobody reads here any more.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>For the one who drives the session: what waits for this stream.</summary>
    public object? Owner { get; set; }
}
