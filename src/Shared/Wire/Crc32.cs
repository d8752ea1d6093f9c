using System.Buffers.Binary;

namespace Discovery.Wire;

/// <summary>CRC-32 of IEEE 802.3, as zlib and gossip packets use it.</summary>
internal static class Crc32
{
    private const uint ReversedPolynomial = 0xedb88320;

    // Eight tables of 256, so that eight bytes are taken a turn: table k is the effect of a byte with k more behind it.
    private static readonly uint[] s_tables = MakeTables();

    /// <summary>The checksum of <paramref name="data"/>.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>Continues <paramref name="crc"/> over <paramref name="data"/>; 0 is the checksum of nothing.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<uint> tables = s_tables.AsSpan(0, 8 * 256);
        crc = ~crc;
        while (data.Length >= 8)
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ crc;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = tables[0x700 + (int)(low & 0xff)] ^ tables[0x600 + (int)((low >> 8) & 0xff)]
                ^ tables[0x500 + (int)((low >> 16) & 0xff)] ^ tables[0x400 + (int)(low >> 24)]
                ^ tables[0x300 + (int)(high & 0xff)] ^ tables[0x200 + (int)((high >> 8) & 0xff)]
                ^ tables[0x100 + (int)((high >> 16) & 0xff)] ^ tables[(int)(high >> 24)];
            data = data[8..];
        }

        foreach (byte next in data)
        {
            crc = tables[(int)((crc ^ next) & 0xff)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ ReversedPolynomial : crc >> 1;
            }

            tables[i] = crc;
        }

        for (int i = 256; i < tables.Length; i++)
        {
            uint previous = tables[i - 256];
            tables[i] = tables[(int)(previous & 0xff)] ^ (previous >> 8);
        }

        return tables;
    }
}
