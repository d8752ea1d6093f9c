using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Discovery.Wire;

/// <summary>Reads MessagePack from bytes that nobody vouches for.</summary>
/// <remarks>
/// Every read returns false and moves nothing when the next value is truncated, malformed, of another family or out of range. Counts of
/// arrays and maps are believed only as far as the remaining bytes could hold them, so they are safe to size a list with.
/// </remarks>
internal ref partial struct MessagePackReader
{
    private readonly ReadOnlySpan<byte> _data;
    private int _position;

    /// <summary>Starts reading at the beginning of <paramref name="data"/>.</summary>
    public MessagePackReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        _position = 0;
        OldSpec = false;
    }

    /// <summary>Whether strings and binaries are taken for each other: the old format has one "raw" type for both.</summary>
    public bool OldSpec { get; set; }

    /// <summary>Bytes read so far.</summary>
    public readonly int Consumed => _position;

    /// <summary>Whether nothing is left.</summary>
    public readonly bool End => _position >= _data.Length;

    /// <summary>What is left.</summary>
    public readonly ReadOnlySpan<byte> Remaining => _data[_position..];

    /// <summary>The family of the next value; <see cref="MessagePackType.Unknown"/> at the end.</summary>
    public readonly MessagePackType NextMessagePackType =>
        End ? MessagePackType.Unknown : MessagePackCode.ToMessagePackType(_data[_position]);

    /// <summary>Reads nil; false, and nothing moved, when the next value is something else.</summary>
    public bool TryReadNil() => TryReadCode(MessagePackCode.Nil);

    /// <summary>Reads a boolean.</summary>
    public bool TryReadBoolean(out bool value)
    {
        value = TryReadCode(MessagePackCode.True);
        return value || TryReadCode(MessagePackCode.False);
    }

    /// <summary>Reads the count of an array; each of its values takes at least one of the remaining bytes.</summary>
    public bool TryReadArrayHeader(out int count) =>
        TryReadCount(MessagePackCode.FixArray, MessagePackCode.Array16, bytesEachMin: 1, out count);

    /// <summary>Reads the count of a map; each of its pairs takes at least two of the remaining bytes.</summary>
    public bool TryReadMapHeader(out int count) => TryReadCount(MessagePackCode.FixMap, MessagePackCode.Map16, bytesEachMin: 2, out count);

    /// <summary>Reads the bytes of a string as they are; they need not be valid UTF-8.</summary>
    public bool TryReadStringSpan(out ReadOnlySpan<byte> utf8) => TryReadBlob(strings: true, binaries: OldSpec, out utf8);

    /// <summary>Reads a binary.</summary>
    public bool TryReadBytes(out ReadOnlySpan<byte> bytes) => TryReadBlob(strings: OldSpec, binaries: true, out bytes);

    /// <summary>Reads a string or nil; bytes that are not UTF-8 become U+FFFD.</summary>
    public bool TryReadString(out string? value)
    {
        value = null;
        if (TryReadNil())
        {
            return true;
        }

        if (!TryReadStringSpan(out ReadOnlySpan<byte> utf8))
        {
            return false;
        }

        value = utf8.IsEmpty ? "" : Encoding.UTF8.GetString(utf8);
        return true;
    }

    /// <summary>Reads bytes that a peer may have written as binary, string, array of small integers or nil (which is empty).</summary>
    /// <param name="destination">Where the bytes go; more than fit are refused.</param>
    /// <param name="written">How many there were.</param>
    public bool TryCopyBytes(scoped Span<byte> destination, out int written)
    {
        written = 0;
        int start = _position;
        if (TryReadNil())
        {
            return true;
        }

        if (TryReadBlob(strings: true, binaries: true, out ReadOnlySpan<byte> bytes))
        {
            if (bytes.TryCopyTo(destination))
            {
                written = bytes.Length;
                return true;
            }
        }
        else if (TryReadArrayHeader(out int count) && count <= destination.Length)
        {
            int read = 0;
            while (read < count && TryReadByte(out destination[read]))
            {
                read++;
            }

            if (read == count)
            {
                written = count;
                return true;
            }
        }

        _position = start;
        return false;
    }

    /// <summary>Takes the next bytes as they are, without looking at them.</summary>
    public bool TryReadRaw(int length, out ReadOnlySpan<byte> bytes)
    {
        if ((uint)length > (uint)(_data.Length - _position))
        {
            bytes = default;
            return false;
        }

        bytes = _data.Slice(_position, length);
        _position += length;
        return true;
    }

    /// <summary>Takes the next value, whatever it is, as its encoded bytes.</summary>
    public bool TryReadRaw(out ReadOnlySpan<byte> value)
    {
        int start = _position;
        bool read = TrySkip();
        value = _data[start.._position];
        return read;
    }

    /// <summary>Passes over the next value, whatever it is, down to <see cref="MessagePackFrame.DepthMax"/> levels of nesting.</summary>
    public bool TrySkip() => TrySkip(MessagePackFrame.DepthMax);

    /// <summary>Passes over the next value, whatever it is.</summary>
    /// <param name="depthMax">Arrays and maps that may be nested; deeper is refused.</param>
    public bool TrySkip(int depthMax)
    {
        if (MessagePackFrame.Measure(Remaining, out int length, depthMax) != OperationStatus.Done)
        {
            return false;
        }

        _position += length;
        return true;
    }

    /// <summary>Reads type and length of an extension; its payload, which is all there, follows.</summary>
    public bool TryReadExtensionFormatHeader(out ExtensionHeader header)
    {
        header = default;
        ReadOnlySpan<byte> rest = Remaining;
        if (NextMessagePackType != MessagePackType.Extension
            || !MessagePackFrame.TryReadHead(rest, out int headLength, out long payload, out _)
            || payload > rest.Length - headLength)
        {
            return false;
        }

        header = new ExtensionHeader((sbyte)rest[headLength - 1], (uint)payload);
        _position += headLength;
        return true;
    }

    /// <summary>Reads an extension.</summary>
    public bool TryReadExtensionFormat(out sbyte typeCode, out ReadOnlySpan<byte> data)
    {
        bool read = TryReadExtensionFormatHeader(out ExtensionHeader header);
        typeCode = header.TypeCode;
        data = _data.Slice(_position, (int)header.Length);
        _position += data.Length;
        return read;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadCode(byte code)
    {
        int position = _position;
        ReadOnlySpan<byte> data = _data;
        if ((uint)position >= (uint)data.Length || data[position] != code)
        {
            return false;
        }

        _position = position + 1;
        return true;
    }

    private bool TryReadCount(byte codeFix, byte code16, int bytesEachMin, out int count)
    {
        count = 0;
        ReadOnlySpan<byte> rest = Remaining;
        if (rest.IsEmpty)
        {
            return false;
        }

        byte code = rest[0];
        uint declared;
        int head;
        if ((code & 0xf0) == codeFix)
        {
            declared = code & 0x0fu;
            head = 1;
        }
        else if (code == code16 && rest.Length >= 3)
        {
            declared = BinaryPrimitives.ReadUInt16BigEndian(rest[1..]);
            head = 3;
        }
        else if (code == code16 + 1 && rest.Length >= 5)
        {
            declared = BinaryPrimitives.ReadUInt32BigEndian(rest[1..]);
            head = 5;
        }
        else
        {
            return false;
        }

        if ((ulong)declared * (uint)bytesEachMin > (uint)(rest.Length - head))
        {
            return false;
        }

        count = (int)declared;
        _position += head;
        return true;
    }

    private bool TryReadBlob(bool strings, bool binaries, out ReadOnlySpan<byte> blob)
    {
        blob = default;
        ReadOnlySpan<byte> rest = Remaining;
        if (rest.IsEmpty)
        {
            return false;
        }

        byte code = rest[0];
        int head = 1;
        long length = code & 0x1f;
        if ((code & 0xe0) == MessagePackCode.FixStr)
        {
            if (!strings)
            {
                return false;
            }
        }
        else
        {
            MessagePackType type = MessagePackCode.ToMessagePackType(code);
            bool wanted = (strings && type == MessagePackType.String) || (binaries && type == MessagePackType.Binary);
            if (!wanted || !MessagePackFrame.TryReadHead(rest, out head, out length, out _))
            {
                return false;
            }
        }

        if (length > rest.Length - head)
        {
            return false;
        }

        blob = rest.Slice(head, (int)length);
        _position += head + (int)length;
        return true;
    }
}
