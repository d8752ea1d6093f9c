namespace Discovery;

/// <summary>Which rules hold when somebody else writes to an entry that an agent keeps.</summary>
public enum CatalogOwnership
{
    /// <summary>The write goes to the owner if that is this node's agent, and is refused with its name otherwise.</summary>
    Enforced = 0,

    /// <summary>The write is carried out, and the owner undoes it at its next comparison: Consul's rule, for Consul's clients.</summary>
    Consul = 1,
}
