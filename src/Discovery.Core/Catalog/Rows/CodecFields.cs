using System.Text;
using Discovery.Wire;

namespace Discovery.Catalog;

/// <summary>
/// The field kinds that the catalog's codecs share. A reader takes arrays that are longer than it knows and skips the rest.
/// </summary>
internal static class CodecFields
{
    private static readonly RepeatedValues<string> Texts = new(4096);
    private static readonly RepeatedValues<string[]> Lists = new(1024);
    private static readonly RepeatedValues<StringMap> Maps = new(1024);

    private delegate bool Decoder<T>(ReadOnlySpan<byte> encoded, out T value);

    public static bool TryBegin(ref MessagePackReader reader, int fields, out int extra)
    {
        bool isReadable = reader.TryReadArrayHeader(out int count);
        extra = count - fields;
        return isReadable && extra >= 0;
    }

    public static bool TrySkip(ref MessagePackReader reader, int values)
    {
        for (int i = 0; i < values; i++)
        {
            if (!reader.TrySkip())
            {
                return false;
            }
        }

        return true;
    }

    public static bool TryReadText(ref MessagePackReader reader, out string text)
    {
        bool isReadable = reader.TryReadString(out string? value) && value is not null;
        text = value ?? "";
        return isReadable;
    }

    /// <summary>Reads text that goes into a key, where U+0000 ends a part.</summary>
    public static bool TryReadKeyText(ref MessagePackReader reader, out string text) =>
        TryReadText(ref reader, out text) && !text.Contains('\0');

    /// <summary>Reads a name or id: text of a key that is not empty.</summary>
    public static bool TryReadName(ref MessagePackReader reader, out string name) =>
        TryReadKeyText(ref reader, out name) && name.Length > 0;

    /// <summary>Whether texts can be parts of a key, where U+0000 ends a part.</summary>
    public static bool AreKeyTexts(string first, string second) => !first.Contains('\0') && !second.Contains('\0');

    /// <summary>Whether texts are names or ids: parts of a key that are not empty.</summary>
    public static bool AreNames(string first, string second) => first.Length > 0 && second.Length > 0 && AreKeyTexts(first, second);

    /// <summary>Reads a text that is probably the same as another one, which is then used instead of a copy.</summary>
    public static bool TryReadText(ref MessagePackReader reader, string likely, out string text)
    {
        text = likely;
        if (!reader.TryReadStringSpan(out ReadOnlySpan<byte> utf8))
        {
            return false;
        }

        if (!Ascii.Equals(utf8, likely))
        {
            text = Encoding.UTF8.GetString(utf8);
        }

        return true;
    }

    /// <summary>Reads an owner, which is probably the node, or nil.</summary>
    public static bool TryReadOwner(ref MessagePackReader reader, string node, out string? owner)
    {
        owner = null;
        if (reader.TryReadNil())
        {
            return true;
        }

        bool isReadable = TryReadText(ref reader, node, out string text);
        owner = text;
        return isReadable;
    }

    /// <summary>Reads a text that many rows have in common: those share one string.</summary>
    public static bool TryReadRepeated(ref MessagePackReader reader, out string text)
    {
        text = "";
        if (!reader.TryReadStringSpan(out ReadOnlySpan<byte> utf8))
        {
            return false;
        }

        text = utf8.IsEmpty ? "" : Texts.Find(utf8) ?? Texts.Add(utf8, Encoding.UTF8.GetString(utf8));
        return true;
    }

    public static void Write(ref MessagePackWriter writer, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        writer.Write(bytes);
    }

    public static bool TryRead(ref MessagePackReader reader, out Guid value)
    {
        bool isReadable = reader.TryReadBytes(out ReadOnlySpan<byte> bytes) && bytes.Length == 16;
        value = isReadable ? new Guid(bytes, bigEndian: true) : default;
        return isReadable;
    }

    public static void Write(ref MessagePackWriter writer, IReadOnlyDictionary<string, string> map)
    {
        StringMap sorted = StringMap.From(map);
        writer.WriteMapHeader(sorted.Count);
        foreach (KeyValuePair<string, string> pair in sorted.Pairs)
        {
            writer.Write(pair.Key);
            writer.Write(pair.Value);
        }
    }

    public static bool TryRead(ref MessagePackReader reader, out StringMap map)
    {
        map = StringMap.Empty;
        return (reader.Remaining is [MessagePackCode.FixMap, ..] && reader.TrySkip())
            || TryReadShared(ref reader, Maps, TryDecodeMap, ref map);
    }

    private static bool TryDecodeMap(ReadOnlySpan<byte> encoded, out StringMap map)
    {
        map = StringMap.Empty;
        var reader = new MessagePackReader(encoded);
        if (!reader.TryReadMapHeader(out int count))
        {
            return false;
        }

        var pairs = new KeyValuePair<string, string>[count];
        for (int i = 0; i < count; i++)
        {
            if (!TryReadRepeated(ref reader, out string key)
                || !TryReadText(ref reader, out string value)
                || (i > 0 && string.CompareOrdinal(pairs[i - 1].Key, key) >= 0))
            {
                return false;
            }

            pairs[i] = new KeyValuePair<string, string>(key, value);
        }

        map = StringMap.FromSorted(pairs);
        return true;
    }

    public static void Write(ref MessagePackWriter writer, IReadOnlyList<string> texts)
    {
        writer.WriteArrayHeader(texts.Count);
        for (int i = 0; i < texts.Count; i++)
        {
            writer.Write(texts[i]);
        }
    }

    public static bool TryRead(ref MessagePackReader reader, out string[] texts)
    {
        texts = [];
        return (reader.Remaining is [MessagePackCode.FixArray, ..] && reader.TrySkip())
            || TryReadShared(ref reader, Lists, TryDecodeList, ref texts);
    }

    // Reads one value whole; equal bytes give the same object. A failed read moves nothing.
    private static bool TryReadShared<T>(ref MessagePackReader reader, RepeatedValues<T> known, Decoder<T> tryDecode, ref T value)
        where T : class
    {
        MessagePackReader start = reader;
        if (!reader.TryReadRaw(out ReadOnlySpan<byte> encoded))
        {
            return false;
        }

        if (known.Find(encoded) is { } found)
        {
            value = found;
            return true;
        }

        if (!tryDecode(encoded, out T decoded))
        {
            reader = start;
            return false;
        }

        value = known.Add(encoded, decoded);
        return true;
    }

    private static bool TryDecodeList(ReadOnlySpan<byte> encoded, out string[] texts)
    {
        var reader = new MessagePackReader(encoded);
        bool isReadable = reader.TryReadArrayHeader(out int count);
        texts = new string[count];
        for (int i = 0; i < count && isReadable; i++)
        {
            isReadable = TryReadRepeated(ref reader, out texts[i]);
        }

        return isReadable;
    }

    public static void Write(ref MessagePackWriter writer, IReadOnlyList<KeyValuePair<string, ServiceAddress>> addresses)
    {
        writer.WriteArrayHeader(addresses.Count * 3);
        for (int i = 0; i < addresses.Count; i++)
        {
            writer.Write(addresses[i].Key);
            writer.Write(addresses[i].Value.Address);
            writer.Write(addresses[i].Value.Port);
        }
    }

    public static bool TryRead(ref MessagePackReader reader, out KeyValuePair<string, ServiceAddress>[] addresses)
    {
        addresses = [];
        if (!reader.TryReadArrayHeader(out int count) || count % 3 != 0)
        {
            return false;
        }

        addresses = count == 0 ? [] : new KeyValuePair<string, ServiceAddress>[count / 3];
        for (int i = 0; i < addresses.Length; i++)
        {
            if (!TryReadText(ref reader, out string tag)
                || !TryReadText(ref reader, out string address)
                || !reader.TryReadInt32(out int port))
            {
                return false;
            }

            addresses[i] = new KeyValuePair<string, ServiceAddress>(tag, new ServiceAddress(address, port));
        }

        return true;
    }
}
