namespace Discovery.Consul;

/// <summary>How long blocking queries wait, by Consul's rule. Pure.</summary>
internal static class BlockingTime
{
    private const int SpreadParts = 16;

    /// <summary>What is asked for, within limits, and up to a sixteenth more: who began together does not end together.</summary>
    public static TimeSpan Of(TimeSpan asked, TimeSpan usual, TimeSpan most, Random random)
    {
        TimeSpan within = asked <= TimeSpan.Zero ? usual : asked < most ? asked : most;
        return within + new TimeSpan(random.NextInt64((within.Ticks / SpreadParts) + 1));
    }
}
