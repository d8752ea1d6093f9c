namespace Discovery;

/// <summary>How a member of a gossip pool is, with Serf's numbers.</summary>
public enum MemberStatus
{
    /// <summary>Not known.</summary>
    None = 0,

    /// <summary>It answers.</summary>
    Alive = 1,

    /// <summary>It has said that it leaves.</summary>
    Leaving = 2,

    /// <summary>It has left in good order.</summary>
    Left = 3,

    /// <summary>It does not answer, and has not said goodbye.</summary>
    Failed = 4,
}
