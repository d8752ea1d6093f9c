using Discovery.Protocol;

namespace Discovery.Autopilot;

/// <summary>That a server is to go on alone, and where its log stood when it was stopped for that.</summary>
/// <param name="Reason">Why, as the operator says.</param>
/// <param name="Applied">What its state stands for.</param>
/// <param name="Members">The members that there were.</param>
internal sealed record RecoveryCall(string Reason, SnapshotMeta Applied, RaftConfiguration Members)
{
    /// <summary>The servers that are members no more.</summary>
    public IReadOnlyList<ClusterServer> Lost { get; set; } = [];

    /// <summary>The term of the last entry that was found.</summary>
    public ulong LastTerm { get; set; }

    public TaskCompletionSource<RecoveryReport> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
