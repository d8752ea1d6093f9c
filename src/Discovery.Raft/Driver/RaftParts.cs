using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Discovery.Driver;

/// <summary>What a driver is made of.</summary>
internal sealed record RaftParts
{
    public required StateMachine StateMachine { get; init; }

    public required NodeRuntime Runtime { get; init; }

    /// <summary>The log on the disk, opened.</summary>
    public required LogStore Log { get; init; }

    /// <summary>What the log began with; its snapshot is the state machine's state already.</summary>
    public required RecoveredLog Recovered { get; init; }

    public required IRaftSnapshots Snapshots { get; init; }

    public required IRaftTransport Transport { get; init; }

    public required RaftCoreOptions Core { get; init; }

    public required RaftLogOptions Options { get; init; }

    /// <summary>This node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>Makes ids.</summary>
    public required Func<Guid> NewId { get; init; }

    /// <summary>Decides the election timeouts.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Told on the driver's loop when what is committed comes to be on this leader's disk only, or ceases to; and whether this
    /// server leads.</summary>
    public Action<bool, bool>? SingleCopyChanged { get; init; }

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
