using System.Buffers.Binary;
using System.Numerics;

namespace Discovery.Wire;

/// <summary>CRC-32C (Castagnoli), by the processor's instruction where it has one: the checksum of records on disk.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>Continues <paramref name="crc"/> over <paramref name="data"/>; 0 is the checksum of nothing.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        crc = ~crc;
        while (data.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }

        foreach (byte next in data)
        {
            crc = BitOperations.Crc32C(crc, next);
        }

        return ~crc;
    }
}
