using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>A server follows the last configuration in its log: as soon as it is there, and no longer than it is.</summary>
internal static class ConfigurationInForce
{
    /// <summary>Looks at a server whose disk has been handed all that its core has.</summary>
    public static void Check(Server server)
    {
        RaftCore core = server.Core!;
        DiskImage disk = server.Disk.View;
        if (disk.Last != core.Last)
        {
            return;
        }

        RaftConfiguration expected = disk.Snapshot?.Configuration.Configuration ?? RaftConfiguration.Empty;
        LogEntry last = disk.Entries.LastOrDefault(static entry => entry.Kind == EntryKind.Configuration);
        if (last.Index > (disk.Snapshot?.Configuration.Index ?? 0))
        {
            RaftConfiguration.TryDecode(last.Body.Span, out expected);
        }

        if (!core.Configuration.Equals(expected))
        {
            throw new SimulationFailure(
                nameof(ConfigurationInForce), $"s{server.Number} follows {core.Configuration}, and its log ends with {expected}");
        }
    }
}
