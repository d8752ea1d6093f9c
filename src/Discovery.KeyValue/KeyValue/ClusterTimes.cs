namespace Discovery.KeyValue;

/// <summary>Reckons with points in time that may lie further ahead than a number can say.</summary>
internal static class ClusterTimes
{
    /// <summary>The longest time to live, lease or delay that a request may ask for.</summary>
    public static readonly TimeSpan LongestAsked = TimeSpan.FromDays(36_525);

    /// <summary>The point that lies a while after another, or the last one there is. Never throws: apply code calls it.</summary>
    public static TimeSpan After(TimeSpan from, TimeSpan length) =>
        length > TimeSpan.MaxValue - from ? TimeSpan.MaxValue : from + length;
}
