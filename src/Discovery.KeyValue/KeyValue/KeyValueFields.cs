using Discovery.Wire;

namespace Discovery.KeyValue;

/// <summary>The field kinds that this package's codecs share.</summary>
internal static class KeyValueFields
{
    public static void Write(ref MessagePackWriter writer, Guid value)
    {
        if (value == Guid.Empty)
        {
            writer.WriteNil();
            return;
        }

        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        writer.Write(bytes);
    }

    public static bool TryRead(ref MessagePackReader reader, out Guid value)
    {
        value = default;
        if (reader.TryReadNil())
        {
            return true;
        }

        bool isReadable = reader.TryReadBytes(out ReadOnlySpan<byte> bytes) && bytes.Length == 16;
        value = isReadable ? new Guid(bytes, bigEndian: true) : default;
        return isReadable;
    }

    public static bool TryReadBytes(ref MessagePackReader reader, out byte[] value)
    {
        bool isReadable = reader.TryReadBytes(out ReadOnlySpan<byte> bytes);
        value = bytes.IsEmpty ? [] : bytes.ToArray();
        return isReadable;
    }

    public static bool TryReadText(ref MessagePackReader reader, out string text)
    {
        bool isReadable = reader.TryReadString(out string? value) && value is not null;
        text = value ?? "";
        return isReadable;
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
        if (!reader.TryReadArrayHeader(out int count) || count > 1_000_000)
        {
            return false;
        }

        texts = count == 0 ? [] : new string[count];
        for (int i = 0; i < count; i++)
        {
            if (!TryReadText(ref reader, out texts[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Embeds what a codec of Core writes.</summary>
    public static void Write<T>(ref MessagePackWriter writer, IStateCodec<T> codec, T value)
    {
        using var bytes = new WireBuffer();
        codec.Write(value, bytes);
        writer.Write(bytes.WrittenSpan);
    }

    public static bool TryRead<T>(ref MessagePackReader reader, IStateCodec<T> codec, out T? value)
    {
        value = default;
        return reader.TryReadBytes(out ReadOnlySpan<byte> bytes) && codec.TryRead(bytes, out value);
    }

    public static void WriteId(Guid id, ref StateKeyBuilder key)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        key.Append(bytes);
    }
}
