using System.Buffers.Binary;
using System.Text;

namespace Discovery.Wire;

/// <summary>Names in the form of the wire: labels with their lengths, ended by a zero.</summary>
internal static class DnsName
{
    public const int LabelBytesMax = 63;

    /// <summary>Encodes a dotted name; its labels keep their case. Null when a label or the whole is empty or too long.</summary>
    public static byte[]? TryEncode(string name)
    {
        byte[] text = Encoding.UTF8.GetBytes(name.EndsWith('.') ? name[..^1] : name);
        if (text.Length is 0 or > DnsQuery.NameBytesMax - 2)
        {
            return null;
        }

        byte[] wire = new byte[text.Length + 2];
        int length = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] != '.')
            {
                wire[i + 1] = text[i];
                length++;
                continue;
            }

            if (length is 0 or > LabelBytesMax)
            {
                return null;
            }

            wire[i - length] = (byte)length;
            length = 0;
        }

        return wire;
    }

    /// <summary>Copies a name with A to Z in lower case.</summary>
    public static void Fold(ReadOnlySpan<byte> source, Span<byte> target)
    {
        // Lengths are 0 to 63 and A is 65, so a name needs no walk over its labels.
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = (byte)FoldByte(source[i]);
        }
    }

    /// <summary>Whether two names without pointers are one whatever their case.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        bool isSame = a.Length == b.Length;
        for (int i = 0; isSame && i < a.Length; i++)
        {
            isSame = FoldByte(a[i]) == FoldByte(b[i]);
        }

        return isSame;
    }

    /// <summary>Copies a name out of a message, following pointers, each further back than the last.</summary>
    /// <returns>The bytes written, or -1.</returns>
    public static int Expand(ReadOnlySpan<byte> message, int at, Span<byte> target)
    {
        int written = 0;
        int limit = at;
        while (at < message.Length)
        {
            int length = message[at];
            if (length >= 0xC0)
            {
                if (at + 2 > message.Length)
                {
                    return -1;
                }

                at = BinaryPrimitives.ReadUInt16BigEndian(message[at..]) & 0x3FFF;
                if (at >= limit)
                {
                    return -1;
                }

                limit = at;
                continue;
            }

            if (length > LabelBytesMax || at + 1 + length > message.Length || written + 1 + length > target.Length)
            {
                return -1;
            }

            message.Slice(at, 1 + length).CopyTo(target[written..]);
            written += 1 + length;
            at += 1 + length;
            if (length == 0)
            {
                return written;
            }
        }

        return -1;
    }

    private static int FoldByte(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? b | 0x20 : b;
}
