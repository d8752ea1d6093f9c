namespace Discovery;

/// <summary>What a recovery after the loss of the quorum did.</summary>
/// <param name="Cluster">The cluster's id from now on; servers of the one before are strangers to it.</param>
/// <param name="ClusterBefore">The id of the cluster that was given up.</param>
/// <param name="Lineage">The lineage that the state goes on under: nobody resumes a watch across it unnoticed.</param>
/// <param name="LastIndex">The newest entry of this server's log, which the cluster goes on from. What was acknowledged after it is
/// lost.</param>
/// <param name="LastTerm">The term of that entry.</param>
/// <param name="Lost">The servers that are members no more.</param>
public sealed record RecoveryReport(
    Guid Cluster, Guid ClusterBefore, Guid Lineage, ulong LastIndex, long LastTerm, IReadOnlyList<ClusterServer> Lost);
