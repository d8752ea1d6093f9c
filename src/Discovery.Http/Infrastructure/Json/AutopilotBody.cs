namespace Discovery.Infrastructure;

/// <summary>The body that sets the rules of autopilot; what it does not give is zero, as in Consul.</summary>
internal sealed class AutopilotBody
{
    public static readonly GoShape<AutopilotBody> Shape = new()
    {
        Name = "AutopilotConfiguration",
        Type = "api.AutopilotConfiguration",
        Fields =
        [
            new("CleanupDeadServers", static (ref reader, body) => reader.ReadBoolean(ref body.CleanupDeadServers)),
            new(
                "LastContactThreshold",
                static (ref reader, body) => reader.ReadOptionalReadableDuration(ref body.LastContactThreshold)),
            new("MaxTrailingLogs", static (ref reader, body) => reader.ReadUnsigned(ref body.MaxTrailingLogs)),
            new("MinQuorum", static (ref reader, body) => reader.ReadUnsigned(ref body.MinQuorum, "uint")),
            new(
                "ServerStabilizationTime",
                static (ref reader, body) => reader.ReadOptionalReadableDuration(ref body.ServerStabilizationTime)),
            new("RedundancyZoneTag", static (ref reader, body) => reader.ReadString(ref body.RedundancyZoneTag)),
            new("DisableUpgradeMigration", static (ref reader, body) => reader.ReadBoolean(ref body.DisableUpgradeMigration)),
            new("UpgradeVersionTag", static (ref reader, body) => reader.ReadString(ref body.UpgradeVersionTag)),
            new("CreateIndex", static (ref reader, body) => reader.ReadUnsigned(ref body.CreateIndex)),
            new("ModifyIndex", static (ref reader, body) => reader.ReadUnsigned(ref body.ModifyIndex)),
        ],
    };

    public bool CleanupDeadServers;
    public GoDurationField LastContactThreshold;
    public ulong MaxTrailingLogs;
    public ulong MinQuorum;
    public GoDurationField ServerStabilizationTime;
    public string RedundancyZoneTag = "";
    public bool DisableUpgradeMigration;
    public string UpgradeVersionTag = "";
    public ulong CreateIndex;
    public ulong ModifyIndex;

    /// <summary>The rules that the body gives.</summary>
    /// <returns>Null, or what is wrong, in the words of Go's decoder.</returns>
    public string? TryRead(out AutopilotConfiguration? configuration)
    {
        configuration = null;
        string? ofThreshold = LastContactThreshold.TryGet(out TimeSpan? threshold);
        string? ofStabilization = ServerStabilizationTime.TryGet(out TimeSpan? stabilization);
        string? trouble = ofThreshold ?? ofStabilization ?? (MinQuorum > uint.MaxValue
            ? $"json: cannot unmarshal number {MinQuorum} into Go struct field AutopilotConfiguration.MinQuorum of type uint"
            : null);
        if (trouble is not null)
        {
            return trouble;
        }

        configuration = new AutopilotConfiguration
        {
            CleanupDeadServers = CleanupDeadServers,
            LastContactThreshold = threshold ?? TimeSpan.Zero,
            MaxTrailingLogs = MaxTrailingLogs,
            MinQuorum = (uint)MinQuorum,
            ServerStabilizationTime = stabilization ?? TimeSpan.Zero,
            RedundancyZoneTag = RedundancyZoneTag,
            DisableUpgradeMigration = DisableUpgradeMigration,
            UpgradeVersionTag = UpgradeVersionTag,
        };
        return null;
    }
}
