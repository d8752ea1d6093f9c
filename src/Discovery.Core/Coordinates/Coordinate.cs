namespace Discovery;

/// <summary>Where a node is in the space of round-trip times (Vivaldi, as Serf computes it).</summary>
/// <param name="Vector">The place, in seconds per dimension; Consul's have eight dimensions.</param>
/// <param name="Error">How sure the place is: 0 is certain, 1.5 is where a node begins.</param>
/// <param name="Adjustment">What measured times differ from those of the model, in seconds; may be negative.</param>
/// <param name="Height">The part of every round trip that is the node's own access to the network, in seconds.</param>
public sealed record Coordinate(IReadOnlyList<double> Vector, double Error, double Adjustment, double Height)
{
    /// <summary>How many dimensions a coordinate must have to be kept.</summary>
    public const int Dimensions = 8;

    /// <summary>The estimated round-trip time to another coordinate.</summary>
    /// <param name="other">The other; of the same number of dimensions.</param>
    /// <returns>
    /// Seconds: the distance of the two places and both heights, plus both adjustments if what comes out is more than zero.
    /// </returns>
    public double DistanceTo(Coordinate other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Vector.Count != Vector.Count)
        {
            throw new ArgumentException("The coordinates have different numbers of dimensions.", nameof(other));
        }

        double squares = 0;
        for (int i = 0; i < Vector.Count; i++)
        {
            double difference = Vector[i] - other.Vector[i];
            squares += difference * difference;
        }

        double distance = Math.Sqrt(squares) + Height + other.Height;
        double adjusted = distance + Adjustment + other.Adjustment;
        return adjusted > 0 ? adjusted : distance;
    }

    /// <summary>Says whether another coordinate is the same.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(Coordinate? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Error.Equals(other.Error) && Adjustment.Equals(other.Adjustment) && Height.Equals(other.Height)
            && Vector.SequenceEqual(other.Vector));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Vector.Count, Error, Adjustment, Height);

    internal bool IsValid =>
        Vector is { Count: Dimensions } && Vector.All(double.IsFinite) && double.IsFinite(Error) && double.IsFinite(Adjustment)
        && double.IsFinite(Height);
}
