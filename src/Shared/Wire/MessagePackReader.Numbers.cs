using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Discovery.Wire;

/// <content>Integers, floats and timestamps. Integers are taken in any width and signedness, as long as the value fits.</content>
internal ref partial struct MessagePackReader
{
    /// <summary>Reads an integer from 0 to 255.</summary>
    public bool TryReadByte(out byte value)
    {
        bool read = TryReadUnsigned(byte.MaxValue, out ulong wide);
        value = (byte)wide;
        return read;
    }

    /// <summary>Reads an integer of 16 bits.</summary>
    public bool TryReadUInt16(out ushort value)
    {
        bool read = TryReadUnsigned(ushort.MaxValue, out ulong wide);
        value = (ushort)wide;
        return read;
    }

    /// <summary>Reads an integer of 32 bits.</summary>
    public bool TryReadUInt32(out uint value)
    {
        bool read = TryReadUnsigned(uint.MaxValue, out ulong wide);
        value = (uint)wide;
        return read;
    }

    /// <summary>Reads an integer of 64 bits.</summary>
    public bool TryReadUInt64(out ulong value) => TryReadUnsigned(ulong.MaxValue, out value);

    /// <summary>Reads a signed integer of 16 bits.</summary>
    public bool TryReadInt16(out short value)
    {
        bool read = TryReadSigned(short.MinValue, short.MaxValue, out long wide);
        value = (short)wide;
        return read;
    }

    /// <summary>Reads a signed integer of 32 bits.</summary>
    public bool TryReadInt32(out int value)
    {
        bool read = TryReadSigned(int.MinValue, int.MaxValue, out long wide);
        value = (int)wide;
        return read;
    }

    /// <summary>Reads a signed integer of 64 bits.</summary>
    public bool TryReadInt64(out long value) => TryReadSigned(long.MinValue, long.MaxValue, out value);

    /// <summary>Reads a 32-bit float; a 64-bit one is refused, because it would lose digits.</summary>
    public bool TryReadSingle(out float value)
    {
        ReadOnlySpan<byte> rest = Remaining;
        if (rest.Length < 5 || rest[0] != MessagePackCode.Float32)
        {
            value = 0;
            return false;
        }

        value = BinaryPrimitives.ReadSingleBigEndian(rest[1..]);
        _position += 5;
        return true;
    }

    /// <summary>Reads a float of either width, or an integer, which peers write where a float has no fraction.</summary>
    public bool TryReadDouble(out double value)
    {
        ReadOnlySpan<byte> rest = Remaining;
        if (rest.Length >= 9 && rest[0] == MessagePackCode.Float64)
        {
            value = BinaryPrimitives.ReadDoubleBigEndian(rest[1..]);
            _position += 9;
            return true;
        }

        if (TryReadSingle(out float single))
        {
            value = single;
            return true;
        }

        if (TryReadUnsigned(ulong.MaxValue, out ulong unsigned))
        {
            value = unsigned;
            return true;
        }

        bool read = TryReadSigned(long.MinValue, -1, out long signed);
        value = signed;
        return read;
    }

    /// <summary>Reads the timestamp extension, of any length, to the 100 ns that <see cref="DateTime"/> has.</summary>
    public bool TryReadDateTime(out DateTime value)
    {
        value = default;
        int start = _position;
        if (!TryReadTimestamp(out long seconds, out uint nanoseconds))
        {
            return false;
        }

        const long epoch = 62_135_596_800;
        const long last = 253_402_300_799;
        if (seconds is < -epoch or > last)
        {
            _position = start;
            return false;
        }

        value = new DateTime(((seconds + epoch) * TimeSpan.TicksPerSecond) + (nanoseconds / 100), DateTimeKind.Utc);
        return true;
    }

    /// <summary>Reads the timestamp extension.</summary>
    /// <param name="seconds">Since 1970-01-01 UTC.</param>
    /// <param name="nanoseconds">Below a thousand million, counted forward from the second.</param>
    public bool TryReadTimestamp(out long seconds, out uint nanoseconds)
    {
        seconds = 0;
        nanoseconds = 0;
        int start = _position;
        if (!TryReadExtensionFormat(out sbyte type, out ReadOnlySpan<byte> data))
        {
            return false;
        }

        bool known = type == MessagePackCode.TimestampExtension;
        if (known && data.Length == 4)
        {
            seconds = BinaryPrimitives.ReadUInt32BigEndian(data);
        }
        else if (known && data.Length == 8)
        {
            ulong both = BinaryPrimitives.ReadUInt64BigEndian(data);
            seconds = (long)(both & ((1UL << 34) - 1));
            nanoseconds = (uint)(both >> 34);
        }
        else if (known && data.Length == 12)
        {
            nanoseconds = BinaryPrimitives.ReadUInt32BigEndian(data);
            seconds = BinaryPrimitives.ReadInt64BigEndian(data[4..]);
        }
        else
        {
            known = false;
        }

        if (!known || nanoseconds > 999_999_999)
        {
            seconds = 0;
            nanoseconds = 0;
            _position = start;
            return false;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadUnsigned(ulong max, out ulong value)
    {
        ReadOnlySpan<byte> data = _data;
        int position = _position;
        if ((uint)position < (uint)data.Length && data[position] <= MessagePackCode.PositiveFixIntMax)
        {
            value = data[position];
            _position = position + 1;
            return true;
        }

        return TryReadUnsignedWide(max, out value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadUnsignedWide(ulong max, out ulong value)
    {
        if (!TryPeekInteger(out value, out bool negative, out int length) || negative || value > max)
        {
            value = 0;
            return false;
        }

        _position += length;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadSigned(long min, long max, out long value)
    {
        ReadOnlySpan<byte> data = _data;
        int position = _position;
        if (max > 0 && (uint)position < (uint)data.Length && data[position] <= MessagePackCode.PositiveFixIntMax)
        {
            value = data[position];
            _position = position + 1;
            return true;
        }

        return TryReadSignedWide(min, max, out value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadSignedWide(long min, long max, out long value)
    {
        bool read = TryPeekInteger(out ulong bits, out bool negative, out int length);
        value = (long)bits;
        if (!read || (!negative && bits > long.MaxValue) || value < min || value > max)
        {
            value = 0;
            return false;
        }

        _position += length;
        return true;
    }

    private readonly bool TryPeekInteger(out ulong bits, out bool negative, out int length)
    {
        bits = 0;
        negative = false;
        length = 1;
        ReadOnlySpan<byte> rest = Remaining;
        if (rest.IsEmpty)
        {
            return false;
        }

        byte code = rest[0];
        ReadOnlySpan<byte> payload = rest[1..];
        if (code is <= MessagePackCode.PositiveFixIntMax or >= MessagePackCode.NegativeFixInt)
        {
            bits = (ulong)(sbyte)code;
        }
        else if (code is >= MessagePackCode.UInt8 and <= MessagePackCode.Int64)
        {
            bool signed = code >= MessagePackCode.Int8;
            int width = 1 << (code - (signed ? MessagePackCode.Int8 : MessagePackCode.UInt8));
            if (payload.Length < width)
            {
                return false;
            }

            length = 1 + width;
            bits = (width, signed) switch
            {
                (1, false) => payload[0],
                (2, false) => BinaryPrimitives.ReadUInt16BigEndian(payload),
                (4, false) => BinaryPrimitives.ReadUInt32BigEndian(payload),
                (1, true) => (ulong)(sbyte)payload[0],
                (2, true) => (ulong)BinaryPrimitives.ReadInt16BigEndian(payload),
                (4, true) => (ulong)BinaryPrimitives.ReadInt32BigEndian(payload),
                _ => BinaryPrimitives.ReadUInt64BigEndian(payload),
            };
            negative = signed && (long)bits < 0;
            return true;
        }
        else
        {
            return false;
        }

        negative = code >= MessagePackCode.NegativeFixInt;
        return true;
    }
}
