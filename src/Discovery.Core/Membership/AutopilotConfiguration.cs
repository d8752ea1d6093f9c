namespace Discovery;

/// <summary>The rules by which the leader looks after the servers. Replicated; the same on all of them.</summary>
public sealed record AutopilotConfiguration
{
    /// <summary>What holds until somebody sets something else.</summary>
    public static readonly AutopilotConfiguration Default = new();

    /// <summary>Whether failed servers are removed once the others are enough.</summary>
    /// <value>true.</value>
    public bool CleanupDeadServers { get; init; } = true;

    /// <summary>For how long a healthy server may not be heard.</summary>
    /// <value>200 ms.</value>
    public TimeSpan LastContactThreshold { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many entries a healthy server may lack.</summary>
    /// <value>250.</value>
    public ulong MaxTrailingLogs { get; init; } = 250;

    /// <summary>How many servers are never gone below when failed ones are removed.</summary>
    /// <value>0: no more than the majority that is needed anyway.</value>
    public uint MinQuorum { get; init; }

    /// <summary>For how long a new server must be healthy before it gets a vote.</summary>
    /// <value>10 s.</value>
    public TimeSpan ServerStabilizationTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Kept for those who set it; nothing follows from it.</summary>
    public string RedundancyZoneTag { get; init; } = "";

    /// <summary>Kept for those who set it; nothing follows from it.</summary>
    public bool DisableUpgradeMigration { get; init; }

    /// <summary>Kept for those who set it; nothing follows from it.</summary>
    public string UpgradeVersionTag { get; init; } = "";

    /// <summary>The index at which it was first set; 0 for the default.</summary>
    public ulong CreateIndex { get; init; }

    /// <summary>The index at which it was last set; 0 for the default.</summary>
    public ulong ModifyIndex { get; init; }
}
