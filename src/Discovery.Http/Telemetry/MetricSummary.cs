namespace Discovery.Telemetry;

/// <summary>The measurements of one interval.</summary>
internal struct MetricSummary
{
    private double _squares;

    public long Count { get; private set; }

    public double Sum { get; private set; }

    public double Min { get; private set; }

    public double Max { get; private set; }

    public readonly double Mean => Count == 0 ? 0 : Sum / Count;

    /// <summary>The standard deviation of the sample.</summary>
    public readonly double Deviation => Count < 2 ? 0
        : Math.Sqrt(Math.Max(0, ((Count * _squares) - (Sum * Sum)) / ((double)Count * (Count - 1))));

    public void Add(double value)
    {
        Min = Count == 0 || value < Min ? value : Min;
        Max = Count == 0 || value > Max ? value : Max;
        Count++;
        Sum += value;
        _squares += value * value;
    }
}
