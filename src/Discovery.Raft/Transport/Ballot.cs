using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>The number of one attempt to decide on a cluster's first members: no two servers ever use the same.</summary>
/// <param name="Round">Counts up; 0 is before all attempts.</param>
/// <param name="By">Who tries.</param>
internal readonly record struct Ballot(ulong Round, VoterId By) : IComparable<Ballot>
{
    public const int EncodedBytes = 8 + VoterId.EncodedBytes;

    public static readonly Ballot None;

    public int CompareTo(Ballot other) => Round != other.Round ? Round.CompareTo(other.Round) : By.CompareTo(other.By);
}
