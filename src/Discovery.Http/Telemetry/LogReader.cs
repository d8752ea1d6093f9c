using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Discovery.Telemetry;

/// <summary>One who listens. A reader who is too slow loses lines, and is told how many.</summary>
internal sealed class LogReader : IDisposable
{
    /// <summary>How many lines wait for a reader.</summary>
    public const int LinesMax = 512;

    private readonly LogStream _stream;
    private readonly Channel<byte[]> _lines;
    private long _dropped;

    public LogReader(LogStream stream, LogLevel level, LogFormat format)
    {
        _stream = stream;
        Level = level;
        Format = format;
        _lines = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(LinesMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
    }

    public LogLevel Level { get; }

    public LogFormat Format { get; }

    /// <summary>How many lines did not fit since this was asked last.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);

    public void Offer(byte[] line) => _lines.Writer.TryWrite(line);

    public void End() => _lines.Writer.TryComplete();

    public bool TryRead(out byte[] line) => _lines.Reader.TryRead(out line!);

    /// <summary>Waits for a line; false when there will be no more.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _lines.Reader.WaitToReadAsync(cancellationToken);

    public void Dispose() => _stream.Close(this);
}
