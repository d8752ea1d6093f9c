using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Discovery.Answering;

/// <summary>Reads names below in-addr.arpa and ip6.arpa (RFC 1035 section 3.5, RFC 3596 section 2.5).</summary>
internal static class ReverseName
{
    public static bool TryParse(QuestionName name, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        int labels = name.Count - 2;
        if (labels == 4 && name.Label(labels).SequenceEqual("in-addr"u8))
        {
            Span<byte> bytes = stackalloc byte[4];
            for (int i = 0; i < 4; i++)
            {
                ReadOnlySpan<byte> label = name.Label(3 - i);
                bool isShort = label.Length == 1 || label[0] != '0';
                if (!isShort || !Utf8Parser.TryParse(label, out bytes[i], out int used) || used != label.Length)
                {
                    return false;
                }
            }

            address = new IPAddress(bytes);
            return true;
        }

        if (labels != 32 || !name.Label(labels).SequenceEqual("ip6"u8))
        {
            return false;
        }

        Span<byte> digits = stackalloc byte[32];
        for (int i = 0; i < 32; i++)
        {
            ReadOnlySpan<byte> label = name.Label(31 - i);
            digits[i] = label[0];
            if (label.Length != 1)
            {
                return false;
            }
        }

        Span<byte> long6 = stackalloc byte[16];
        if (Convert.FromHexString(digits, long6, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        address = new IPAddress(long6);
        return true;
    }
}
