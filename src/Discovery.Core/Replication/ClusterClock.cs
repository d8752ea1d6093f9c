namespace Discovery.Replication;

/// <summary>Cluster time on the leader: the highest applied when it took office, plus its monotonic time since.</summary>
internal sealed class ClusterClock(TimeSpan applied, TimeProvider time)
{
    private readonly long _since = time.GetTimestamp();

    public TimeSpan Now => applied + time.GetElapsedTime(_since);
}
