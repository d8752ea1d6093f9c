using System.Buffers;

namespace Discovery.Rpc;

/// <summary>Takes MessagePack values out of a stream, one by one.</summary>
/// <param name="stream">The stream.</param>
/// <param name="bytesMax">The longest value.</param>
/// <param name="memory">What the buffers of all streams are counted in; null for a stream of its own.</param>
internal sealed class RpcInput(Stream stream, int bytesMax, RpcMemory? memory = null) : IDisposable
{
    private const int BytesMin = 1024;
    private const int BytesKept = 16 * 1024;
    private const int AheadBytes = 512;

    private readonly MessagePackScanner _scanner = new();
    private byte[] _buffer = [];
    private byte[]? _aheadBuffer;
    private Task<int>? _ahead;
    private int _start;
    private int _end;

    /// <summary>What has come beyond the last value; good until the next call.</summary>
    public ReadOnlyMemory<byte> Rest => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Waits until something is there; false when the other side says no more.</summary>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken) =>
        _end > _start || await FillAsync(cancellationToken);

    /// <summary>The next value whole; null when the other side has ended before. Good until the next call.</summary>
    /// <exception cref="IOException">What comes is no value, or one that is too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            OperationStatus status = _scanner.Scan(_buffer.AsSpan(_start, _end - _start), out int length);
            if (status == OperationStatus.Done)
            {
                ReadOnlyMemory<byte> value = _buffer.AsMemory(_start, length);
                _start += length;
                return value;
            }

            if (status == OperationStatus.InvalidData)
            {
                throw new IOException("what was sent is no MessagePack");
            }

            if (_scanner.LengthMin > bytesMax || _end - _start >= bytesMax)
            {
                throw new IOException($"a value of more than {bytesMax} bytes");
            }

            if (!await FillAsync(cancellationToken))
            {
                return null;
            }
        }
    }

    /// <summary>Reads while the last value is worked on; tells how many bytes came, 0 at the end. What comes is kept.</summary>
    public Task<int> LookAhead(CancellationToken cancellationToken) =>
        _ahead ??= stream.ReadAsync(_aheadBuffer ??= new byte[AheadBytes], cancellationToken).AsTask();

    public void Dispose()
    {
        Return();
        _ = _ahead?.ContinueWith(
            static read => _ = read.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        Reserve();
        int count;
        if (_ahead is { } ahead)
        {
            count = await ahead.WaitAsync(cancellationToken);
            _ahead = null;
            _aheadBuffer.AsSpan(0, count).CopyTo(_buffer.AsSpan(_end));
        }
        else
        {
            count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        }

        _end += count;
        return count > 0;
    }

    // Room for at least what a look ahead may have brought.
    private void Reserve()
    {
        int count = _end - _start;
        if (count == 0 && _buffer.Length > BytesKept)
        {
            Return();
        }

        if (_buffer.Length - _end >= AheadBytes)
        {
            return;
        }

        byte[] source = _buffer;
        if (_buffer.Length - count < Math.Max(AheadBytes, _buffer.Length / 2))
        {
            _buffer = Rent(Math.Max(BytesMin, 2 * _buffer.Length));
        }

        source.AsSpan(_start, count).CopyTo(_buffer);
        (_start, _end) = (0, count);
        if (!ReferenceEquals(source, _buffer))
        {
            Return(source);
        }
    }

    private void Return()
    {
        Return(_buffer);
        _buffer = [];
        (_start, _end) = (0, 0);
    }

    private byte[] Rent(int length)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        if (memory?.TryTake(buffer.Length) != false)
        {
            return buffer;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        throw new IOException("too many bytes of calls are held at once");
    }

    private void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            memory?.Return(buffer.Length);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
