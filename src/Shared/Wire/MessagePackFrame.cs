using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Discovery.Wire;

/// <summary>Finds where a MessagePack value ends, without recursion: on a stream this tells a cut value from a broken one.</summary>
internal static class MessagePackFrame
{
    /// <summary>Arrays and maps that may be nested in each other.</summary>
    public const int DepthMax = 64;

    /// <summary>Measures the value at the start of <paramref name="data"/>.</summary>
    /// <param name="data">A value and whatever follows it.</param>
    /// <param name="length">Bytes of the value, when it is whole.</param>
    /// <param name="depthMax">Levels of nesting, at most <see cref="DepthMax"/>.</param>
    /// <returns>
    /// <see cref="OperationStatus.Done"/>; <see cref="OperationStatus.NeedMoreData"/> when the value may go on past the end of the data;
    /// <see cref="OperationStatus.InvalidData"/> when no continuation makes it a value, or it is nested too deep.
    /// </returns>
    [SkipLocalsInit]
    public static OperationStatus Measure(ReadOnlySpan<byte> data, out int length, int depthMax = DepthMax)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)depthMax, (uint)DepthMax, nameof(depthMax));
        length = 0;
        long position = 0;
        int depth = 0;
        Span<long> left = stackalloc long[DepthMax];
        while (true)
        {
            if (position >= data.Length)
            {
                return OperationStatus.NeedMoreData;
            }

            ReadOnlySpan<byte> rest = data[(int)position..];
            if (!TryReadHead(rest, out int head, out long payload, out long children))
            {
                return rest[0] == MessagePackCode.NeverUsed ? OperationStatus.InvalidData : OperationStatus.NeedMoreData;
            }

            position += head + payload;
            if (children > 0)
            {
                if (depth == depthMax)
                {
                    return OperationStatus.InvalidData;
                }

                left[depth++] = children;
                continue;
            }

            while (depth > 0 && --left[depth - 1] == 0)
            {
                depth--;
            }

            if (depth == 0)
            {
                break;
            }
        }

        if (position > data.Length)
        {
            return OperationStatus.NeedMoreData;
        }

        length = (int)position;
        return OperationStatus.Done;
    }

    /// <summary>Decodes the fixed part of a value; false when it is cut, or is the byte that the format never uses.</summary>
    /// <param name="data">At least one byte.</param>
    /// <param name="head">Bytes of code, length and extension type.</param>
    /// <param name="payload">Bytes that follow the head and belong to no other value; they need not be there.</param>
    /// <param name="children">Values that follow, keys and values of a map counted each.</param>
    public static bool TryReadHead(ReadOnlySpan<byte> data, out int head, out long payload, out long children)
    {
        byte code = data[0];
        head = 1;
        payload = 0;
        children = 0;
        switch (code)
        {
            case <= MessagePackCode.PositiveFixIntMax or >= MessagePackCode.NegativeFixInt:
            case MessagePackCode.Nil or MessagePackCode.False or MessagePackCode.True:
                return true;
            case < MessagePackCode.FixArray:
                children = 2 * (code & 0x0f);
                return true;
            case < MessagePackCode.FixStr:
                children = code & 0x0f;
                return true;
            case < MessagePackCode.Nil:
                payload = code & 0x1f;
                return true;
            case MessagePackCode.NeverUsed:
                return false;
            case MessagePackCode.Float32 or MessagePackCode.Float64:
                payload = code == MessagePackCode.Float32 ? 4 : 8;
                return true;
            case >= MessagePackCode.UInt8 and <= MessagePackCode.Int64:
                payload = 1 << ((code - MessagePackCode.UInt8) & 3);
                return true;
            case >= MessagePackCode.FixExt1 and <= MessagePackCode.FixExt16:
                head = 2;
                payload = 1 << (code - MessagePackCode.FixExt1);
                return data.Length >= 2;
            case >= MessagePackCode.Bin8 and <= MessagePackCode.Bin32:
                return TryReadLength(data, 1 << (code - MessagePackCode.Bin8), 0, out head, out payload);
            case >= MessagePackCode.Ext8 and <= MessagePackCode.Ext32:
                return TryReadLength(data, 1 << (code - MessagePackCode.Ext8), 1, out head, out payload);
            case >= MessagePackCode.Str8 and <= MessagePackCode.Str32:
                return TryReadLength(data, 1 << (code - MessagePackCode.Str8), 0, out head, out payload);
            case MessagePackCode.Array16 or MessagePackCode.Array32:
                return TryReadLength(data, code == MessagePackCode.Array16 ? 2 : 4, 0, out head, out children);
            default:
                bool read = TryReadLength(data, code == MessagePackCode.Map16 ? 2 : 4, 0, out head, out children);
                children *= 2;
                return read;
        }
    }

    private static bool TryReadLength(ReadOnlySpan<byte> data, int width, int trailer, out int head, out long length)
    {
        head = 1 + width + trailer;
        length = 0;
        if (data.Length < head)
        {
            return false;
        }

        length = width switch
        {
            1 => data[1],
            2 => BinaryPrimitives.ReadUInt16BigEndian(data[1..]),
            _ => BinaryPrimitives.ReadUInt32BigEndian(data[1..]),
        };
        return true;
    }
}
