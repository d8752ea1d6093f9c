using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>One leader's time in office on this node: from when it has applied all that was committed before it.</summary>
/// <remarks>Cluster time goes on from the highest that was applied, by this node's monotonic clock.</remarks>
internal sealed class Office(ulong term, TimeSpan applied, TimeProvider time)
{
    private readonly long _since = time.GetTimestamp();

    public ulong Term { get; } = term;

    public TimeSpan ClusterTime => applied + time.GetElapsedTime(_since);

    /// <summary>Gives a proposal's entry the times of now.</summary>
    public void Stamp(RaftProposal proposal)
    {
        if (proposal.Kind == EntryKind.Command)
        {
            CommandEnvelope.Stamp(proposal.Entry, ClusterTime, time.GetUtcNow());
        }
        else
        {
            RestoreAssembly.Stamp(proposal.Entry, ClusterTime);
        }
    }
}
