using System.Globalization;
using System.Runtime.CompilerServices;
using Discovery.Testing;

namespace Discovery.Simulation;

/// <summary>What has happened: a hash of it always, the last lines of it where somebody wants to read them.</summary>
internal sealed class Trace(Func<TimeSpan> now, int linesMax)
{
    private readonly Queue<string> _lines = new();

    public ulong Hash { get; private set; } = Fnv.Offset;

    public IEnumerable<string> Lines => _lines;

    public void Note(ulong kind, int server, ulong first, ulong second)
    {
        ulong hash = Hash ^ (ulong)now().Ticks;
        hash = Mix(hash, kind + ((ulong)server << 8));
        Hash = Mix(Mix(hash, first), second);
    }

    /// <summary>Adds a line; it is not even formatted when nobody reads it.</summary>
    public void Line([InterpolatedStringHandlerArgument("")] ref TraceLine line)
    {
        if (linesMax > 0)
        {
            _lines.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{now().TotalMilliseconds,12:F4} {line.Text}"));
            if (_lines.Count > linesMax)
            {
                _lines.Dequeue();
            }
        }
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        hash = (hash ^ value) * 0x9E3779B97F4A7C15;
        return hash ^ (hash >> 29);
    }

    [InterpolatedStringHandler]
    public ref struct TraceLine
    {
        private DefaultInterpolatedStringHandler _inner;
        private readonly bool _isWanted;

        public TraceLine(int literalLength, int formattedCount, Trace trace, out bool isWanted)
        {
            _isWanted = isWanted = trace.IsRead;
            _inner = isWanted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture) : default;
        }

        public string Text => _isWanted ? _inner.ToStringAndClear() : "";

        public void AppendLiteral(string value) => _inner.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _inner.AppendFormatted(value);
    }

    public bool IsRead => linesMax > 0;
}
