using System.Globalization;

namespace Discovery.Testing;

/// <summary>The events of a run: a hash of all of them and the last lines as text.</summary>
internal sealed class Transcript
{
    private const int LinesMax = 10_000;
    private readonly Queue<string> _lines = new();

    internal ulong Hash { get; private set; } = Fnv.Offset;

    internal IReadOnlyList<string> Lines => [.. _lines];

    internal void Add(TimeSpan at, string line)
    {
        Hash = Fnv.Add(Fnv.Add(Hash, (ulong)at.Ticks), line);
        _lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{at:c} {line}"));
        if (_lines.Count > LinesMax)
        {
            _lines.Dequeue();
        }
    }
}
