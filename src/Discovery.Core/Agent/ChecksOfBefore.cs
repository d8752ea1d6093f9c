namespace Discovery;

/// <summary>What becomes of the checks of a service that is registered again without them.</summary>
public enum ChecksOfBefore
{
    /// <summary>Those that came with its last registration go; those that were registered on their own stay.</summary>
    ReplaceDeclared = 0,

    /// <summary>All stay: Consul's rule.</summary>
    Keep = 1,

    /// <summary>All go: Consul's rule with <c>replace-existing-checks</c>.</summary>
    Replace = 2,
}
