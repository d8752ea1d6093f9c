namespace Discovery.Catalog;

/// <summary>
/// Random numbers and turns for the pickers of one service; usable from any thread without a lock. The generator is SplitMix64
/// (Steele, Lea, Flood 2014): a counter whose steps are mixed, so that threads only share one addition.
/// </summary>
internal sealed class PickSource(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state = seed;
    private uint _turn;

    public ulong NextRandom()
    {
        ulong z = Interlocked.Add(ref _state, Step);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public int NextTurn(int count) => (int)((Interlocked.Increment(ref _turn) - 1) % (uint)count);
}
