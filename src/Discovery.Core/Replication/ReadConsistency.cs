namespace Discovery;

/// <summary>How fresh a read must be. Consul's three modes.</summary>
public enum ReadConsistency
{
    /// <summary>The leader's state under its lease: linearizable as long as clocks drift less than the stated bound.</summary>
    Default = 0,

    /// <summary>The leader confirms with a majority that it still leads before it reads.</summary>
    Consistent = 1,

    /// <summary>This node's state as it is.</summary>
    Stale = 2,
}
