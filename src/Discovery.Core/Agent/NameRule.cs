namespace Discovery;

/// <summary>Which names of services the local agent takes.</summary>
public enum NameRule
{
    /// <summary>Those that DNS can carry: letters, digits and inner hyphens, at most 63.</summary>
    DnsSafe = 0,

    /// <summary>
    /// All that Consul takes; with some of them a service is found over HTTP only. Also as in Consul, a check with the id of another
    /// service's check is taken from that one, where otherwise it is refused.
    /// </summary>
    Any = 1,
}
