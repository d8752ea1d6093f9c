namespace Discovery.Autopilot;

/// <summary>What an operator asks of the leader; the numbers are on the wire.</summary>
internal enum OperatorCall : ushort
{
    /// <summary>The configuration that is committed.</summary>
    ReadConfiguration = 1,

    /// <summary>How the servers are.</summary>
    ReadHealth = 2,

    /// <summary>A server is to be a member no more.</summary>
    Remove = 3,

    /// <summary>Another server is to lead.</summary>
    Transfer = 4,
}
