namespace Discovery;

/// <summary>All that one command changed, under one index.</summary>
public sealed class StateChangeSet
{
    internal StateChangeSet(
        ulong index, TimeSpan clusterTime, DateTimeOffset wallTime, StateChange[] changes, StateTopicTouch[] topics, int bytesEstimate)
    {
        Index = index;
        ClusterTime = clusterTime;
        WallTime = wallTime;
        Changes = changes;
        Topics = topics;
        BytesEstimate = bytesEstimate;
    }

    /// <summary>The index of the command.</summary>
    public ulong Index { get; }

    /// <summary>The cluster time of the entry.</summary>
    public TimeSpan ClusterTime { get; }

    /// <summary>The leader's wall clock when it proposed; for display only.</summary>
    public DateTimeOffset WallTime { get; }

    /// <summary>The changed rows, in the order of their first change within the command.</summary>
    public IReadOnlyList<StateChange> Changes { get; }

    /// <summary>The touched topics, beyond those of the changed tables.</summary>
    public IReadOnlyList<StateTopicTouch> Topics { get; }

    /// <summary>Roughly what keeping this change set costs, in bytes.</summary>
    internal int BytesEstimate { get; }
}
