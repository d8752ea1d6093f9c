namespace Discovery.Protocol;

/// <summary>What of a leader's log is so old that a full copy within reach has it.</summary>
internal sealed class CopyLag
{
    private readonly Queue<(ulong Last, TimeSpan At)> _samples = new();

    /// <summary>The end of what a copy must have by now.</summary>
    public ulong Due { get; private set; }

    /// <summary>Notes where the log ends now; what ended there for as long as may be is due.</summary>
    public void Sample(ulong last, TimeSpan now, TimeSpan lagMax)
    {
        _samples.Enqueue((last, now));
        while (_samples.TryPeek(out (ulong Last, TimeSpan At) oldest) && now - oldest.At >= lagMax)
        {
            Due = oldest.Last;
            _samples.Dequeue();
        }
    }

    public void Clear()
    {
        _samples.Clear();
        Due = 0;
    }
}
