namespace Discovery;

/// <summary>Who leads, as far as this node knows, and for how long this knowledge is good.</summary>
public sealed class Leadership
{
    /// <summary>Creates a view of the leadership.</summary>
    /// <param name="term">The term.</param>
    /// <param name="leader">The leader's node name, or null when none is known.</param>
    /// <param name="isLeader">Whether this node is the leader.</param>
    /// <param name="ended">Cancelled when this view no longer holds.</param>
    public Leadership(long term, string? leader, bool isLeader, CancellationToken ended)
    {
        Term = term;
        Leader = leader;
        IsLeader = isLeader;
        Ended = ended;
    }

    /// <summary>The term; grows with every election.</summary>
    public long Term { get; }

    /// <summary>The leader's node name, or null when none is known.</summary>
    public string? Leader { get; }

    /// <summary>Whether this node is the leader.</summary>
    public bool IsLeader { get; }

    /// <summary>Cancelled when this view no longer holds: leadership was lost, gained or moved, or the log stopped.</summary>
    public CancellationToken Ended { get; }
}
