using System.Buffers;
using System.Text;

namespace Discovery.Infrastructure;

/// <summary>The query string as Go reads it: scanned once, decoded only where a value is asked for.</summary>
/// <remarks>
/// Pairs end with <c>&amp;</c> or <c>;</c>, a plus is a space, the first of several values counts, and a key without a value is present
/// and empty. A percent sign without two hexadecimal digits spoils the whole string.
/// </remarks>
internal readonly struct ApiQuery
{
    private static readonly SearchValues<char> Encoded = SearchValues.Create("%+");

    private readonly string _text;
    private readonly Pair[] _pairs;

    private ApiQuery(string text, Pair[] pairs)
    {
        _text = text;
        _pairs = pairs;
    }

    /// <summary>The string without its question mark.</summary>
    public string Text => _text ?? "";

    /// <summary>Scans a query string that begins with a question mark or is empty; false for one that is encoded wrongly.</summary>
    public static bool TryParse(string text, out ApiQuery query)
    {
        query = default;
        if (text.Length <= 1)
        {
            return true;
        }

        ReadOnlySpan<char> rest = text.AsSpan(1);
        bool isEncoded = rest.ContainsAny(Encoded);
        if (isEncoded && !IsWellEncoded(rest))
        {
            return false;
        }

        int count = rest.CountAny('&', ';') + 1;
        var pairs = new Pair[count];
        int at = 1;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<char> from = text.AsSpan(at);
            int end = from.IndexOfAny('&', ';');
            int length = end < 0 ? from.Length : end;
            int equals = from[..length].IndexOf('=');
            int keyLength = equals < 0 ? length : equals;
            pairs[i] = new Pair(at, keyLength, equals < 0 ? at + length : at + equals + 1, equals < 0 ? 0 : length - equals - 1);
            at += length + 1;
        }

        query = new ApiQuery(text, pairs);
        return true;
    }

    /// <summary>Whether a key is there, with any value or none.</summary>
    public bool Has(ReadOnlySpan<char> key) => Find(key, 0) >= 0;

    /// <summary>The first value of a key; empty when it is not there.</summary>
    public string Get(ReadOnlySpan<char> key) => Find(key, 0) is >= 0 and int at ? Value(at) : "";

    /// <summary>The first value of a key; false when it is not there.</summary>
    public bool TryGet(ReadOnlySpan<char> key, out string value)
    {
        int at = Find(key, 0);
        value = at >= 0 ? Value(at) : "";
        return at >= 0;
    }

    /// <summary>The first value of a key as it stands in the string, for values that are never encoded; empty when not there.</summary>
    public ReadOnlySpan<char> GetRaw(ReadOnlySpan<char> key)
    {
        int at = Find(key, 0);
        if (at < 0)
        {
            return default;
        }

        ReadOnlySpan<char> raw = _pairs[at].Value(_text);
        return raw.ContainsAny(Encoded) ? Value(at) : raw;
    }

    /// <summary>The first value of a key as bytes: also those that are no UTF-8.</summary>
    public byte[] GetBytes(ReadOnlySpan<char> key) => Find(key, 0) is >= 0 and int at ? DecodeBytes(_pairs[at].Value(_text)) : [];

    /// <summary>The query string as Go would write it: keys in order, everything encoded.</summary>
    public string Encode()
    {
        var keys = new List<(byte[] Key, byte[] Value)>();
        foreach (Pair pair in _pairs ?? [])
        {
            if (pair.KeyLength + pair.ValueLength > 0)
            {
                keys.Add((DecodeBytes(pair.Key(_text)), DecodeBytes(pair.Value(_text))));
            }
        }

        Comparer<byte[]> bytewise = Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        return string.Join('&', keys.OrderBy(static pair => pair.Key, bytewise)
            .Select(static pair => $"{PercentCoding.EncodeQuery(pair.Key)}={PercentCoding.EncodeQuery(pair.Value)}"));
    }

    /// <summary>All values of a key, in their order.</summary>
    public IReadOnlyList<string> GetAll(ReadOnlySpan<char> key)
    {
        int at = Find(key, 0);
        if (at < 0)
        {
            return [];
        }

        var values = new List<string>();
        for (; at >= 0; at = Find(key, at + 1))
        {
            values.Add(Value(at));
        }

        return values;
    }

    private static bool IsWellEncoded(ReadOnlySpan<char> text)
    {
        for (int at = text.IndexOf('%'); at >= 0;)
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
            {
                return false;
            }

            int next = text[(at + 3)..].IndexOf('%');
            at = next < 0 ? -1 : at + 3 + next;
        }

        return true;
    }

    private int Find(ReadOnlySpan<char> key, int from)
    {
        Pair[] pairs = _pairs ?? [];
        for (int i = from; i < pairs.Length; i++)
        {
            ReadOnlySpan<char> own = pairs[i].Key(_text);
            if (own.SequenceEqual(key) || (own.Length > key.Length && own.ContainsAny(Encoded) && Decode(own).AsSpan().SequenceEqual(key)))
            {
                return i;
            }
        }

        return -1;
    }

    private string Value(int at)
    {
        ReadOnlySpan<char> raw = _pairs[at].Value(_text);
        return raw.ContainsAny(Encoded) ? Decode(raw) : raw.ToString();
    }

    private static byte[] DecodeBytes(ReadOnlySpan<char> raw)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(raw.Length)];
        return bytes[..PercentCoding.Decode(raw, plusIsSpace: true, bytes)];
    }

    private static string Decode(ReadOnlySpan<char> raw)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(raw.Length));
        try
        {
            int length = PercentCoding.Decode(raw, plusIsSpace: true, bytes);
            return Encoding.UTF8.GetString(bytes, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private readonly record struct Pair(int KeyAt, int KeyLength, int ValueAt, int ValueLength)
    {
        public ReadOnlySpan<char> Key(string text) => text.AsSpan(KeyAt, KeyLength);

        public ReadOnlySpan<char> Value(string text) => text.AsSpan(ValueAt, ValueLength);
    }
}
