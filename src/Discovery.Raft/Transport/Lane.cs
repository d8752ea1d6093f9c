namespace Discovery.Transport;

/// <summary>The two queues of a connection.</summary>
internal enum Lane
{
    /// <summary>What others wait for: heartbeats, votes, acknowledgements. Each is one frame.</summary>
    Quick,

    /// <summary>What may be large: it keeps its order, and waits for what is in the other lane after each frame.</summary>
    Slow,
}
