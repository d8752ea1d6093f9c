namespace Discovery.Protocol;

/// <summary>Seeded numbers for election timeouts: SplitMix64 (Steele, Lea, Flood 2014).</summary>
internal struct Jitter(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A time of at least zero and less than <paramref name="max"/>.</summary>
    public TimeSpan Next(TimeSpan max)
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return new TimeSpan((long)Math.BigMul(z, (ulong)Math.Max(max.Ticks, 0), out _));
    }
}
