namespace Discovery.Simulation;

/// <summary>Seeded numbers, the same on every run and machine: SplitMix64 (Steele, Lea, Flood 2014).</summary>
internal sealed class Randomness(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number of at least zero and less than <paramref name="max"/>.</summary>
    public int Below(int max) => max <= 1 ? 0 : (int)Math.BigMul(Next(), (ulong)max, out _);

    public int Between(int first, int last) => first + Below(last - first + 1);

    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Chance(double probability) => Fraction() < probability;

    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + new TimeSpan((long)(Fraction() * (most - least).Ticks));

    public TimeSpan Milliseconds(double least, double most) =>
        Between(TimeSpan.FromMilliseconds(least), TimeSpan.FromMilliseconds(most));

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>Another source, so that two parts of a run do not depend on how much the other takes.</summary>
    public Randomness Fork() => new(Next());
}
