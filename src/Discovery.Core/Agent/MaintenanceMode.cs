namespace Discovery;

/// <summary>Whether something is in maintenance.</summary>
public enum MaintenanceMode
{
    /// <summary>It is not.</summary>
    Off = 0,

    /// <summary>It is: a critical check keeps it out of passing lists.</summary>
    On = 1,
}
