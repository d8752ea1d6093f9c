using Discovery.Transport;
using Microsoft.Extensions.Logging;

namespace Discovery.Autopilot;

internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information,
        "The log is open: snapshot at {Snapshot}, entries to {Last}, term {Term}, {Milliseconds} ms; this server is {Self}")]
    internal static partial void Opened(ILogger logger, ulong snapshot, ulong last, ulong term, long milliseconds, string self);

    [LoggerMessage(3011, LogLevel.Error,
        "Snapshot {Path} is not as it was written: look after this disk. The log reaches back to another one, so nothing is lost; "
        + "the next snapshot takes the place of the damaged one")]
    internal static partial void SnapshotDamaged(ILogger logger, string path);

    [LoggerMessage(3001, LogLevel.Information, "A new cluster begins with {Members}")]
    internal static partial void Bootstrapped(ILogger logger, string members);

    [LoggerMessage(3002, LogLevel.Information, "This server leads in term {Term}")]
    internal static partial void Leads(ILogger logger, long term);

    [LoggerMessage(3003, LogLevel.Information, "{Leader} leads in term {Term}")]
    internal static partial void Follows(ILogger logger, string leader, long term);

    [LoggerMessage(3004, LogLevel.Warning, "Nobody leads in term {Term}")]
    internal static partial void NobodyLeads(ILogger logger, long term);

    [LoggerMessage(3005, LogLevel.Critical, "This node takes no part in the log any more and refuses work: {Reason}")]
    internal static partial void Faulted(ILogger logger, string reason, Exception exception);

    [LoggerMessage(3100, LogLevel.Warning, "The cluster has not begun yet: {Reason}")]
    internal static partial void Waits(ILogger logger, string reason);

    [LoggerMessage(3101, LogLevel.Information, "Cluster {Cluster} begins with {Members} servers")]
    internal static partial void Begins(ILogger logger, Guid cluster, int members);

    [LoggerMessage(3102, LogLevel.Information, "This server joins cluster {Cluster}")]
    internal static partial void Joins(ILogger logger, Guid cluster);

    [LoggerMessage(3103, LogLevel.Error, "{Reason}")]
    internal static partial void Removed(ILogger logger, string reason);

    [LoggerMessage(3104, LogLevel.Information, "The cluster changes: {What}")]
    internal static partial void Changes(ILogger logger, string what);

    [LoggerMessage(3105, LogLevel.Information, "The change is in force: {What}; {Voters} voters, {Learners} learners")]
    internal static partial void Changed(ILogger logger, string what, int voters, int learners);

    [LoggerMessage(3106, LogLevel.Warning, "The change could not be finished; the leader to come looks at it again: {What}")]
    internal static partial void NotChanged(ILogger logger, string what);

    [LoggerMessage(3107, LogLevel.Warning, "{What}")]
    internal static partial void Refused(ILogger logger, string what);

    [LoggerMessage(3108, LogLevel.Information, "Leadership goes to {Whom}, as {Asker} asked")]
    internal static partial void Transfers(ILogger logger, string whom, string asker);

    [LoggerMessage(3109, LogLevel.Information, "This server has left cluster {Cluster} and serves no more")]
    internal static partial void Left(ILogger logger, Guid cluster);

    [LoggerMessage(3110, LogLevel.Critical,
        "RECOVERY after the loss of the quorum, because \"{Reason}\": cluster {Before} is given up for {Cluster}. This server goes on "
        + "alone after entry {Index} of term {Term}; what only others had is lost. Members no more: {Lost}")]
    internal static partial void Recovered(
        ILogger logger, string reason, Guid before, Guid cluster, ulong index, ulong term, string lost);

    [LoggerMessage(3111, LogLevel.Warning, "The recovery is over: the state goes on in lineage {Lineage}")]
    internal static partial void RecoveryOver(ILogger logger, Guid lineage);

    [LoggerMessage(3112, LogLevel.Error,
        "The server at {Address} has the node id of this one, {Node}, and its log: a data directory was copied. Stop that server, move its "
        + "raft directory away, give it a node id of its own, and start it")]
    internal static partial void Twin(ILogger logger, PeerAddress address, Guid node);

    [LoggerMessage(3113, LogLevel.Warning,
        "\"{Name}\" at {Address} belongs to cluster {Other}, and this server, by its raft directory, to {Cluster}: name the servers of its "
        + "own cluster only, or move its raft directory away to have it join the other one as a newcomer")]
    internal static partial void Stranger(ILogger logger, string name, PeerAddress address, Guid other, Guid cluster);

    [LoggerMessage(3114, LogLevel.Error,
        "SINGLE COPY: what is written from now on is in full on this server's disk only, beside a witness, until a voter has caught up: "
        + "{Lacking}")]
    internal static partial void SingleCopyBegins(ILogger logger, string lacking);

    [LoggerMessage(3115, LogLevel.Warning, "The single copy is over: everything that is committed is in full on two disks")]
    internal static partial void SingleCopyOver(ILogger logger);
}
