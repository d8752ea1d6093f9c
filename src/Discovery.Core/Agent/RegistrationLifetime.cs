namespace Discovery;

/// <summary>How long what the local agent was told holds.</summary>
public enum RegistrationLifetime
{
    /// <summary>Until the process ends: for what the app itself offers.</summary>
    Process = 0,

    /// <summary>
    /// Until it is taken out: it is on the disk, in <see cref="NodeOptions.DataDirectory"/>, before the call has ended, and comes back with
    /// the node. For what others told this node. Without a directory it holds until the process ends.
    /// </summary>
    DataDirectory = 1,
}
