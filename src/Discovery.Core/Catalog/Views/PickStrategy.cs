namespace Discovery;

/// <summary>How one of several available instances is picked.</summary>
public enum PickStrategy
{
    /// <summary>At random, each in proportion to its weight.</summary>
    Weighted = 0,

    /// <summary>One after the other, whatever their weights.</summary>
    RoundRobin = 1,

    /// <summary>At random, each as likely as the others.</summary>
    Random = 2,
}
