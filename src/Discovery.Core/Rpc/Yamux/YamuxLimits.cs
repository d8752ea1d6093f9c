namespace Discovery.Rpc;

/// <summary>How much a session takes of its peer.</summary>
internal sealed record YamuxLimits
{
    /// <summary>The window that every stream begins with, in each direction; the protocol's number.</summary>
    public const int WindowBytes = 256 * 1024;

    /// <summary>Streams that were opened and not yet acknowledged, in each direction; the protocol's number.</summary>
    public const int BacklogMax = 256;

    /// <summary>The longest data frame that is sent: what others on the connection wait for.</summary>
    public const int FrameBytesMax = 32 * 1024;

    /// <summary>Streams that are open at once; a peer's further ones are reset.</summary>
    public int StreamsMax { get; init; } = 16_384;

    /// <summary>Bytes that were received and not yet read, of all streams; more ends the session.</summary>
    public int UnreadBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes that wait to be sent before streams must wait to write more.</summary>
    public int UnsentBytesMax { get; init; } = 64 * 1024;
}
