namespace Discovery.Testing;

/// <summary>Two streams in memory that are the two ends of one connection; deterministic on a kernel.</summary>
/// <remarks>Each direction holds a limited number of bytes: who writes more waits until the other side has read.</remarks>
public sealed class StreamPair
{
    /// <summary>Creates a connection.</summary>
    /// <param name="capacity">Bytes under way in each direction.</param>
    /// <param name="pieceMax">The most bytes that one read returns.</param>
    public StreamPair(int capacity = 64 * 1024, int pieceMax = int.MaxValue)
    {
        var there = new StreamDirection(capacity, pieceMax);
        var back = new StreamDirection(capacity, pieceMax);
        Client = new StreamEnd(back, there);
        Server = new StreamEnd(there, back);
        (ToServer, ToClient) = (there, back);
    }

    /// <summary>One end.</summary>
    public Stream Client { get; }

    /// <summary>The other end.</summary>
    public Stream Server { get; }

    /// <summary>What the client says.</summary>
    public StreamDirection ToServer { get; }

    /// <summary>What the server says.</summary>
    public StreamDirection ToClient { get; }
}
