namespace Discovery;

/// <summary>Which health an instance must have to be listed.</summary>
public enum HealthFilter
{
    /// <summary>Any.</summary>
    Any = 0,

    /// <summary>No check is critical and the instance is not being stopped.</summary>
    Available = 1,

    /// <summary>Every check passes and the instance is not being stopped.</summary>
    Passing = 2,
}
