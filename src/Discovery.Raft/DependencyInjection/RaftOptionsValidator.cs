using Discovery.Driver;
using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Transport;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

/// <summary>Reports every invalid option of the log at once.</summary>
internal sealed class RaftOptionsValidator : IValidateOptions<RaftOptions>
{
    private const int HeartbeatsPerElection = 3;
    private const int ElectionsPerLag = 3;
    private const int WitnessEntries = 10_000;
    private const int WitnessEntriesKept = 1000;
    private const int WitnessBytes = 1024 * 1024;
    private const int LeastCommandBytes = 64 * 1024;
    private const int MostCommandBytes = 512 * 1024 * 1024;
    private static readonly TimeSpan s_timeMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_failedMax = TimeSpan.FromDays(30);
    private static readonly TimeSpan s_timeMax = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, RaftOptions options)
    {
        var failures = new List<string>();
        CheckServers(options, failures);
        CheckTime(nameof(options.FailedAfter), options.FailedAfter, s_failedMax, failures);
        CheckTime(nameof(options.HeartbeatInterval), options.HeartbeatInterval, failures);
        CheckTime(nameof(options.ElectionTimeout), options.ElectionTimeout, failures);
        CheckTime(nameof(options.DiskStallMax), options.DiskStallMax, failures);
        if (options.ElectionTimeout < options.HeartbeatInterval * HeartbeatsPerElection)
        {
            failures.Add($"RaftOptions.ElectionTimeout: must be at least {HeartbeatsPerElection} times HeartbeatInterval, "
                + "or lost messages are taken for a lost leader");
        }

        CheckRange(nameof(options.CommandBytesMax), options.CommandBytesMax, LeastCommandBytes, MostCommandBytes, failures);
        CheckRange(nameof(options.QueueLength), options.QueueLength, 1, 10_000_000, failures);
        CheckRange(nameof(options.QueueBytesMax), options.QueueBytesMax, options.CommandBytesMax, long.MaxValue, failures);
        CheckRange(nameof(options.SnapshotBytes), options.SnapshotBytes, 1024 * 1024, long.MaxValue, failures);
        CheckRange(nameof(options.SnapshotEntries), options.SnapshotEntries, 100, int.MaxValue, failures);
        CheckRange(nameof(options.MemoryBytesMax), options.MemoryBytesMax, 1024 * 1024, long.MaxValue, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>What the protocol core gets.</summary>
    public static RaftCoreOptions ToCore(RaftOptions options) => new()
    {
        HeartbeatInterval = options.HeartbeatInterval,
        ElectionTimeout = options.ElectionTimeout,
        DiskStallMax = options.DiskStallMax,
        RetryInterval = options.HeartbeatInterval * 4,
        CopyLagMax = options.ElectionTimeout * ElectionsPerLag,
        WindowBytesMax = options.Witness ? WitnessBytes : options.MemoryBytesMax,
    };

    /// <summary>What the files of the log get. A witness's entries are without bodies.</summary>
    public static LogStoreOptions ToStore(RaftOptions options) =>
        options.Witness ? new LogStoreOptions { IsWitness = true, SegmentBytes = WitnessBytes } : LogStoreOptions.Default;

    /// <summary>What the driver gets. A witness's snapshots hold nothing, and nobody asks it for entries: it keeps few.</summary>
    public static RaftLogOptions ToLog(RaftOptions options) => new()
    {
        QueueLength = options.QueueLength,
        QueueBytesMax = options.QueueBytesMax,
        CommandBytesMax = options.CommandBytesMax,
        SnapshotBytes = options.SnapshotBytes,
        SnapshotEntries = (ulong)(options.Witness ? Math.Min(options.SnapshotEntries, WitnessEntries) : options.SnapshotEntries),
        EntriesKept = options.Witness ? WitnessEntriesKept : ulong.MaxValue,
    };

    private static void CheckServers(RaftOptions options, List<string> failures)
    {
        foreach (string server in options.Servers.Where(static server => !PeerAddress.TryParse(server, out _)))
        {
            failures.Add($"RaftOptions.Servers: \"{server}\" is no host:port");
        }

        foreach (string twice in options.Servers.GroupBy(static server => server, StringComparer.OrdinalIgnoreCase)
            .Where(static same => same.Count() > 1).Select(static same => same.Key))
        {
            failures.Add($"RaftOptions.Servers: \"{twice}\" is there twice");
        }

        int servers = options.Servers.Count;
        if (servers > FormationVote.MembersMax)
        {
            failures.Add($"RaftOptions.Servers: {servers} are more than {FormationVote.MembersMax}");
        }

        if (options.Witness && servers < 2)
        {
            failures.Add("RaftOptions.Witness: a witness stands beside full servers, and RaftOptions.Servers names none");
        }

        if (options.BootstrapExpect is { } expect and not 0
            && (servers == 0 ? expect != 1 : expect <= servers / 2 || expect > servers))
        {
            failures.Add($"RaftOptions.BootstrapExpect: {expect} is not more than half of the {servers} servers of the list and at most "
                + "all of them: two parts of it could begin two clusters");
        }
    }

    private static void CheckRange(string field, long value, long least, long most, List<string> failures)
    {
        if (value < least || value > most)
        {
            failures.Add($"RaftOptions.{field}: {value} is not between {least} and {most}");
        }
    }

    private static void CheckTime(string field, TimeSpan value, List<string> failures) =>
        CheckTime(field, value, s_timeMax, failures);

    private static void CheckTime(string field, TimeSpan value, TimeSpan most, List<string> failures)
    {
        if (value < s_timeMin || value > most)
        {
            failures.Add($"RaftOptions.{field}: {value} is not between {s_timeMin} and {most}");
        }
    }
}
