using System.Text;

namespace Discovery.Snapshots;

/// <summary>The header of one file in a tar: the plain form of POSIX (ustar) that Go writes and reads. Pure.</summary>
/// <remarks>
/// <code>
/// name (100)  mode (8)  owner (8)  group (8)  length (12)  time (12)  checksum (8)  type (1)  link (100)
/// magic "ustar\0" (6)  version "00" (2)  names of owner and group (64)  device (16)  prefix of the name (155)  zeros (12)
/// </code>
/// Numbers are octal digits with a NUL behind them. Content follows, filled up with zeros to whole blocks; two blocks of zeros end it all.
/// </remarks>
internal static class TarHeader
{
    public const int BlockBytes = 512;
    public const long LengthMax = 0x1_FFFF_FFFF;

    private const int NameBytes = 100;
    private const int LengthAt = 124;
    private const int NumberBytes = 12;
    private const int TimeAt = 136;
    private const int ChecksumAt = 148;
    private const int ChecksumBytes = 8;
    private const int TypeAt = 156;
    private const int MagicAt = 257;
    private const int PrefixAt = 345;
    private const int PrefixBytes = 155;
    private const byte Plain = (byte)'0';
    private const int OctalBits = 3;

    /// <summary>How many zeros follow content of a length.</summary>
    public static int PaddingOf(long length) => (int)(-length & (BlockBytes - 1));

    /// <summary>Writes the header of a file that its owner alone may read.</summary>
    public static void Write(Span<byte> block, string name, long length, long unixSeconds)
    {
        Invariant.Check(name.Length < NameBytes && length is >= 0 and <= LengthMax, "a file does not fit into a tar");
        block.Clear();
        Encoding.ASCII.GetBytes(name, block);
        WriteNumber(block.Slice(NameBytes, 8), 0x180);
        WriteNumber(block.Slice(108, 8), 0);
        WriteNumber(block.Slice(116, 8), 0);
        WriteNumber(block.Slice(LengthAt, NumberBytes), length);
        WriteNumber(block.Slice(TimeAt, NumberBytes), Math.Clamp(unixSeconds, 0, LengthMax));
        block[TypeAt] = Plain;
        "ustar\000"u8.CopyTo(block[MagicAt..]);
        block[MagicAt + 6] = (byte)'0';
        block[MagicAt + 7] = (byte)'0';
        WriteNumber(block.Slice(329, 8), 0);
        WriteNumber(block.Slice(337, 8), 0);
        WriteNumber(block.Slice(ChecksumAt, ChecksumBytes - 1), SumOf(block));
        block[ChecksumAt + ChecksumBytes - 1] = (byte)' ';
    }

    /// <summary>Reads the header of a plain file; false for anything else, such as a link, a folder or a longer form.</summary>
    public static bool TryRead(ReadOnlySpan<byte> block, out string name, out long length)
    {
        (name, length) = ("", 0);
        if (!TryReadNumber(block.Slice(ChecksumAt, ChecksumBytes), out long sum)
            || sum != SumOf(block)
            || block[TypeAt] is not (Plain or 0)
            || !TryReadNumber(block.Slice(LengthAt, NumberBytes), out length))
        {
            return false;
        }

        bool hasPrefix = block.Slice(MagicAt, 5).SequenceEqual("ustar"u8) && block[PrefixAt] != 0;
        name = (hasPrefix ? TextOf(block.Slice(PrefixAt, PrefixBytes)) + "/" : "") + TextOf(block[..NameBytes]);
        return true;
    }

    private static string TextOf(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    private static void WriteNumber(Span<byte> field, long value)
    {
        for (int i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= OctalBits;
        }

        field[^1] = 0;
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        field = field.Trim(" \0"u8);
        foreach (byte digit in field)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            value = (value << OctalBits) + digit - '0';
        }

        return !field.IsEmpty;
    }

    // The field of the sum itself counts as blanks.
    private static long SumOf(ReadOnlySpan<byte> block)
    {
        long sum = ChecksumBytes * ' ';
        for (int i = 0; i < BlockBytes; i++)
        {
            sum += i is >= ChecksumAt and < ChecksumAt + ChecksumBytes ? 0 : block[i];
        }

        return sum;
    }
}
