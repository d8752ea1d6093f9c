namespace Discovery;

/// <summary>What a node is in its cluster.</summary>
public enum NodeRole
{
    /// <summary>It holds the whole state and takes part in deciding it.</summary>
    Server = 0,

    /// <summary>It holds what its process looks up and forwards the rest to servers. Cannot be started yet.</summary>
    Agent = 1,
}
