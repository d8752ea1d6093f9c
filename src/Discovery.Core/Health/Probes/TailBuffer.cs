using System.Text;

namespace Discovery.Health;

/// <summary>Keeps the last bytes of what is written, and counts all of them. Several writers may take turns.</summary>
internal sealed class TailBuffer(int capacity)
{
    private readonly Lock _lock = new();
    private byte[] _bytes = new byte[Math.Min(capacity, 256)];
    private int _used;
    private int _next;

    public long Total { get; private set; }

    public void Write(ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            Total += data.Length;
            data = data.Length > capacity ? data[^capacity..] : data;
            if (_bytes.Length < capacity && _used + data.Length > _bytes.Length)
            {
                // Not yet wrapped: the bytes still stand in order from the start.
                Array.Resize(ref _bytes, Math.Min(capacity, Math.Max(_used + data.Length, _bytes.Length * 2)));
                _next = _used % _bytes.Length;
            }

            int first = Math.Min(data.Length, _bytes.Length - _next);
            data[..first].CopyTo(_bytes.AsSpan(_next));
            data[first..].CopyTo(_bytes);
            _next = (_next + data.Length) % _bytes.Length;
            _used = Math.Min(_used + data.Length, _bytes.Length);
        }
    }

    /// <summary>The bytes kept, as UTF-8; a character that was cut at the start is left out.</summary>
    public string Text()
    {
        lock (_lock)
        {
            var ordered = new byte[_used];
            int start = _used < _bytes.Length ? 0 : _next;
            int first = Math.Min(_used, _bytes.Length - start);
            _bytes.AsSpan(start, first).CopyTo(ordered);
            _bytes.AsSpan(0, _used - first).CopyTo(ordered.AsSpan(first));
            int skip = 0;
            while (Total > _used && skip < Math.Min(3, ordered.Length) && (ordered[skip] & 0xC0) == 0x80)
            {
                skip++;
            }

            return Encoding.UTF8.GetString(ordered.AsSpan(skip));
        }
    }

    /// <summary>The text, with Consul's header when something was lost.</summary>
    public string Captured() => Total > capacity ? $"Captured {capacity} of {Total} bytes\n...\n{Text()}" : Text();
}
