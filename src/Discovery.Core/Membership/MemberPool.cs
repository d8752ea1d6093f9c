namespace Discovery;

/// <summary>A set of members that gossip with each other.</summary>
public enum MemberPool
{
    /// <summary>All nodes of one datacenter.</summary>
    Lan = 0,

    /// <summary>The servers of all datacenters.</summary>
    Wan = 1,
}
