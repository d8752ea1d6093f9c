using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Discovery.Wire;

/// <content>Integers, floats and timestamps.</content>
internal ref partial struct MessagePackWriter
{
    /// <summary>Writes an integer in its shortest form.</summary>
    public void Write(int value)
    {
        if ((uint)value <= MessagePackCode.PositiveFixIntMax)
        {
            WriteByte((byte)value);
        }
        else if (value >= 0)
        {
            WriteUnsigned((uint)value);
        }
        else
        {
            WriteNegative(value);
        }
    }

    /// <summary>Writes an integer in its shortest form.</summary>
    public void Write(uint value) => Write((ulong)value);

    /// <summary>Writes an integer in its shortest form, which is an unsigned one unless it is negative.</summary>
    public void Write(long value)
    {
        if ((ulong)value <= MessagePackCode.PositiveFixIntMax)
        {
            WriteByte((byte)value);
        }
        else if (value >= 0)
        {
            WriteUnsigned((ulong)value);
        }
        else
        {
            WriteNegative(value);
        }
    }

    /// <summary>Writes an integer in its shortest form.</summary>
    public void Write(ulong value)
    {
        if (value <= MessagePackCode.PositiveFixIntMax)
        {
            WriteByte((byte)value);
        }
        else
        {
            WriteUnsigned(value);
        }
    }

    /// <summary>Writes nine bytes whatever the value: a number whose place is patched later.</summary>
    public void WriteUInt64(ulong value)
    {
        Span<byte> target = Take(9);
        target[0] = MessagePackCode.UInt64;
        BinaryPrimitives.WriteUInt64BigEndian(target[1..], value);
    }

    /// <summary>Writes five bytes whatever the value: a number whose place is patched later.</summary>
    public void WriteUInt32(uint value)
    {
        Span<byte> target = Take(5);
        target[0] = MessagePackCode.UInt32;
        BinaryPrimitives.WriteUInt32BigEndian(target[1..], value);
    }

    /// <summary>Writes a 32-bit float.</summary>
    public void Write(float value)
    {
        Span<byte> target = Take(5);
        target[0] = MessagePackCode.Float32;
        BinaryPrimitives.WriteSingleBigEndian(target[1..], value);
    }

    /// <summary>Writes a 64-bit float.</summary>
    public void Write(double value)
    {
        Span<byte> target = Take(9);
        target[0] = MessagePackCode.Float64;
        BinaryPrimitives.WriteDoubleBigEndian(target[1..], value);
    }

    /// <summary>Writes an instant as the timestamp extension; local times are converted to UTC.</summary>
    public void Write(DateTime dateTime)
    {
        long ticks = dateTime.ToUniversalTime().Ticks - DateTime.UnixEpoch.Ticks;
        long seconds = ticks / TimeSpan.TicksPerSecond;
        long rest = ticks % TimeSpan.TicksPerSecond;
        if (rest < 0)
        {
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }

        WriteTimestamp(seconds, (uint)rest * 100);
    }

    /// <summary>Writes an instant as the timestamp extension, in 4, 8 or 12 bytes.</summary>
    /// <param name="seconds">Since 1970-01-01 UTC.</param>
    /// <param name="nanoseconds">Below a thousand million, counted forward from the second.</param>
    public void WriteTimestamp(long seconds, uint nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(nanoseconds, 999_999_999u);
        if ((seconds >> 34) != 0)
        {
            WriteExtensionFormatHeader(new ExtensionHeader(MessagePackCode.TimestampExtension, 12));
            Span<byte> target = Take(12);
            BinaryPrimitives.WriteUInt32BigEndian(target, nanoseconds);
            BinaryPrimitives.WriteInt64BigEndian(target[4..], seconds);
        }
        else if (nanoseconds != 0 || seconds > uint.MaxValue)
        {
            WriteExtensionFormatHeader(new ExtensionHeader(MessagePackCode.TimestampExtension, 8));
            BinaryPrimitives.WriteUInt64BigEndian(Take(8), ((ulong)nanoseconds << 34) | (ulong)seconds);
        }
        else
        {
            WriteExtensionFormatHeader(new ExtensionHeader(MessagePackCode.TimestampExtension, 4));
            BinaryPrimitives.WriteUInt32BigEndian(Take(4), (uint)seconds);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteUnsigned(ulong value)
    {
        if (value <= byte.MaxValue)
        {
            WriteHeader8(MessagePackCode.UInt8, (byte)value);
        }
        else if (value <= ushort.MaxValue)
        {
            Span<byte> target = Take(3);
            target[0] = MessagePackCode.UInt16;
            BinaryPrimitives.WriteUInt16BigEndian(target[1..], (ushort)value);
        }
        else if (value <= uint.MaxValue)
        {
            WriteUInt32((uint)value);
        }
        else
        {
            WriteUInt64(value);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteNegative(long value)
    {
        if (value >= -32)
        {
            WriteByte((byte)value);
        }
        else if (value >= sbyte.MinValue)
        {
            WriteHeader8(MessagePackCode.Int8, (byte)value);
        }
        else if (value >= short.MinValue)
        {
            Span<byte> target = Take(3);
            target[0] = MessagePackCode.Int16;
            BinaryPrimitives.WriteInt16BigEndian(target[1..], (short)value);
        }
        else if (value >= int.MinValue)
        {
            Span<byte> target = Take(5);
            target[0] = MessagePackCode.Int32;
            BinaryPrimitives.WriteInt32BigEndian(target[1..], (int)value);
        }
        else
        {
            Span<byte> target = Take(9);
            target[0] = MessagePackCode.Int64;
            BinaryPrimitives.WriteInt64BigEndian(target[1..], value);
        }
    }
}
