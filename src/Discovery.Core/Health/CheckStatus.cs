namespace Discovery;

/// <summary>What a health check says of its service or node; a greater value is worse.</summary>
public enum CheckStatus
{
    /// <summary>All is well.</summary>
    Passing = 0,

    /// <summary>It works, with a reservation.</summary>
    Warning = 1,

    /// <summary>It does not work.</summary>
    Critical = 2,
}
