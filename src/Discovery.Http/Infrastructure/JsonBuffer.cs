using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Discovery.Infrastructure;

/// <summary>Collects JSON the way Go's encoder writes it: names and punctuation come as ready bytes, values are written here.</summary>
/// <remarks>
/// Strings escape what Go escapes, so that a reply is the same byte for byte: quotes, backslashes, control characters, <c>&lt;</c>,
/// <c>&gt;</c>, <c>&amp;</c>, U+2028 and U+2029; half a surrogate pair becomes U+FFFD.
/// </remarks>
internal sealed class JsonBuffer : IDisposable
{
    private static readonly SearchValues<char> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(static i => (char)i), '"', '\\', '<', '>', '&', '\u2028', '\u2029',
            .. Enumerable.Range(0xD800, 0x800).Select(static i => (char)i)]);

    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x60).Where(static i => i is not ('"' or '\\' or '<' or '>' or '&')).Select(static i => (byte)i)]);

    // The shared pool keeps dozens of each size for good, after one moment with many large replies; this one four.
    private const int SharedBytesMax = 1024 * 1024;
    private const int LargeBytesMax = 64 * 1024 * 1024;
    private const int LargePerSize = 4;

    private static readonly ArrayPool<byte> Large = ArrayPool<byte>.Create(LargeBytesMax, LargePerSize);

    private byte[] _bytes;
    private int _length;

    public JsonBuffer(int size = 4096) => _bytes = Rent(size);

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _length);

    public int Length => _length;

    /// <summary>Punctuation and names as they are.</summary>
    public JsonBuffer Raw(ReadOnlySpan<byte> json)
    {
        json.CopyTo(Space(json.Length));
        _length += json.Length;
        return this;
    }

    /// <summary>A string in quotes; null is the empty string, as in Go.</summary>
    public JsonBuffer String(string? value) => String(value.AsSpan());

    /// <summary>A string in quotes.</summary>
    public JsonBuffer String(ReadOnlySpan<char> value)
    {
        Byte((byte)'"');
        while (true)
        {
            int plain = value.IndexOfAny(Special);
            ReadOnlySpan<char> run = plain < 0 ? value : value[..plain];
            _length += Encoding.UTF8.GetBytes(run, Space(Encoding.UTF8.GetMaxByteCount(run.Length)));
            if (plain < 0)
            {
                break;
            }

            value = value[plain..];
            value = value[Escape(value)..];
        }

        return Byte((byte)'"');
    }

    /// <summary>
    /// Bytes that should be UTF-8, as a string in quotes; each byte that is not becomes <c>\ufffd</c>, escaped as Go does it.
    /// </summary>
    public JsonBuffer Utf8(ReadOnlySpan<byte> value)
    {
        Byte((byte)'"');
        while (true)
        {
            int plain = value.IndexOfAnyExcept(PlainBytes);
            if (plain < 0)
            {
                return Raw(value).Byte((byte)'"');
            }

            Raw(value[..plain]);
            value = value[plain..];
            OperationStatus status = Rune.DecodeFromUtf8(value, out Rune rune, out int length);
            if (status != OperationStatus.Done)
            {
                Raw("\\ufffd"u8);
                value = value[1..];
                continue;
            }

            if (rune.Value is >= 0x80 and not (0x2028 or 0x2029))
            {
                Raw(value[..length]);
            }
            else
            {
                Span<char> one = [(char)rune.Value];
                Escape(one);
            }

            value = value[length..];
        }
    }

    /// <summary>Bytes as base64 in quotes; none is null.</summary>
    public JsonBuffer Base64(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return Raw("null"u8);
        }

        Byte((byte)'"');
        int length = System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(value.Length);
        System.Buffers.Text.Base64.EncodeToUtf8(value, Space(length), out _, out int written);
        _length += written;
        return Byte((byte)'"');
    }

    /// <summary>An id in its usual form, in quotes.</summary>
    public JsonBuffer Id(Guid value)
    {
        Byte((byte)'"');
        value.TryFormat(Space(36), out int written);
        _length += written;
        return Byte((byte)'"');
    }

    public JsonBuffer Number(long value)
    {
        Utf8Formatter.TryFormat(value, Space(20), out int written);
        _length += written;
        return this;
    }

    public JsonBuffer Number(ulong value)
    {
        Utf8Formatter.TryFormat(value, Space(20), out int written);
        _length += written;
        return this;
    }

    /// <summary>A number as Go writes a float64.</summary>
    public JsonBuffer Number(double value)
    {
        _length += Encoding.ASCII.GetBytes(GoNumber.Format(value), Space(GoNumber.LengthMax));
        return this;
    }

    public JsonBuffer Bool(bool value) => Raw(value ? "true"u8 : "false"u8);

    /// <summary>A list of strings; empty is <c>[]</c>.</summary>
    public JsonBuffer Strings(IReadOnlyList<string> values)
    {
        Byte((byte)'[');
        for (int i = 0; i < values.Count; i++)
        {
            if (i > 0)
            {
                Byte((byte)',');
            }

            String(values[i]);
        }

        return Byte((byte)']');
    }

    /// <summary>An object of strings, its names in ordinal order; empty is <c>{}</c>.</summary>
    public JsonBuffer Map(IReadOnlyDictionary<string, string> values)
    {
        Byte((byte)'{');
        bool isFirst = true;
        foreach ((string key, string value) in InOrder(values))
        {
            if (!isFirst)
            {
                Byte((byte)',');
            }

            isFirst = false;
            String(key).Byte((byte)':').String(value);
        }

        return Byte((byte)'}');
    }

    public JsonBuffer Byte(byte value)
    {
        Space(1)[0] = value;
        _length++;
        return this;
    }

    public void Dispose()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        _length = 0;
        Return(bytes);
    }

    private static ArrayPool<byte> PoolOf(int size) => size <= SharedBytesMax ? ArrayPool<byte>.Shared : Large;

    private static byte[] Rent(int size) => PoolOf(size).Rent(size);

    private static void Return(byte[] bytes)
    {
        if (bytes.Length > 0)
        {
            PoolOf(bytes.Length).Return(bytes);
        }
    }

    // The catalog keeps its maps in this order; maps from elsewhere are put into it.
    private static IEnumerable<KeyValuePair<string, string>> InOrder(IReadOnlyDictionary<string, string> values)
    {
        string? last = null;
        foreach (string key in values.Keys)
        {
            if (last is not null && string.CompareOrdinal(last, key) > 0)
            {
                return values.OrderBy(static pair => pair.Key, StringComparer.Ordinal);
            }

            last = key;
        }

        return values;
    }

    // Escapes the first character of what is left; tells how many chars that took.
    private int Escape(ReadOnlySpan<char> value)
    {
        char c = value[0];
        if (char.IsHighSurrogate(c) && value.Length > 1 && char.IsLowSurrogate(value[1]))
        {
            _length += Encoding.UTF8.GetBytes(value[..2], Space(8));
            return 2;
        }

        ReadOnlySpan<byte> text = c switch
        {
            '"' => "\\\""u8,
            '\\' => "\\\\"u8,
            '\n' => "\\n"u8,
            '\r' => "\\r"u8,
            '\t' => "\\t"u8,
            '\u2028' => "\\u2028"u8,
            '\u2029' => "\\u2029"u8,
            >= '\uD800' and <= '\uDFFF' => "\\ufffd"u8,
            _ => default,
        };
        if (text.IsEmpty)
        {
            Raw("\\u00"u8).Byte("0123456789abcdef"u8[c >> 4]).Byte("0123456789abcdef"u8[c & 15]);
        }
        else
        {
            Raw(text);
        }

        return 1;
    }

    private Span<byte> Space(int count)
    {
        if (_bytes.Length - _length < count)
        {
            byte[] larger = Rent(Math.Max(_bytes.Length * 2, _length + count));
            Written.CopyTo(larger);
            Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(_length);
    }
}
