namespace Discovery.Storage;

/// <summary>A place in the log's files: what was appended later is at a higher one.</summary>
internal readonly record struct LogPlace(uint Segment, uint Offset) : IComparable<LogPlace>
{
    public static readonly LogPlace Zero;

    public ulong Encoded => ((ulong)Segment << 32) | Offset;

    public static LogPlace Decode(ulong encoded) => new((uint)(encoded >> 32), (uint)encoded);

    public static bool operator <(LogPlace left, LogPlace right) => left.Encoded < right.Encoded;

    public static bool operator >(LogPlace left, LogPlace right) => left.Encoded > right.Encoded;

    public static bool operator <=(LogPlace left, LogPlace right) => left.Encoded <= right.Encoded;

    public static bool operator >=(LogPlace left, LogPlace right) => left.Encoded >= right.Encoded;

    public int CompareTo(LogPlace other) => Encoded.CompareTo(other.Encoded);
}
