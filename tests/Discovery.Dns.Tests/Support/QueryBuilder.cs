using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Discovery.Support;

/// <summary>Makes the bytes of queries, well formed or not.</summary>
internal static class QueryBuilder
{
    private static readonly Dictionary<string, int> s_types = new(StringComparer.Ordinal)
    {
        ["A"] = 1, ["NS"] = 2, ["CNAME"] = 5, ["SOA"] = 6, ["PTR"] = 12, ["MX"] = 15, ["TXT"] = 16, ["AAAA"] = 28, ["SRV"] = 33,
        ["DS"] = 43, ["IXFR"] = 251, ["AXFR"] = 252, ["ANY"] = 255,
    };

    public static int TypeOf(string name) =>
        s_types.TryGetValue(name, out int type) ? type : int.Parse(name["TYPE".Length..], CultureInfo.InvariantCulture);

    /// <summary>A query with RD set; <paramref name="size"/> adds an OPT record.</summary>
    public static byte[] Make(
        string name, int type, int? size = null, bool isDo = false, int id = 0x1234, string optData = "", int kind = 1)
    {
        var bytes = new List<byte> { (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(size is null ? 0 : 1) };
        bytes.AddRange(Name(name));
        bytes.AddRange([(byte)(type >> 8), (byte)type, (byte)(kind >> 8), (byte)kind]);
        if (size is { } octets)
        {
            byte[] options = Convert.FromHexString(optData);
            bytes.AddRange([0, 0, 41, (byte)(octets >> 8), (byte)octets, 0, 0, (byte)(isDo ? 0x80 : 0), 0]);
            bytes.AddRange([(byte)(options.Length >> 8), (byte)options.Length, .. options]);
        }

        return [.. bytes];
    }

    public static byte[] Make(string name, string type, int? size = null) => Make(name, TypeOf(type), size);

    /// <summary>A name with \DDD for bytes.</summary>
    public static byte[] Name(string name)
    {
        var bytes = new List<byte>();
        foreach (string label in name.TrimEnd('.').Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            byte[] text = Unescape(label);
            bytes.Add((byte)text.Length);
            bytes.AddRange(text);
        }

        bytes.Add(0);
        return [.. bytes];
    }

    /// <summary>Before TCP: two bytes of length.</summary>
    public static byte[] Framed(params byte[][] packets)
    {
        var bytes = new List<byte>();
        Span<byte> length = stackalloc byte[2];
        foreach (byte[] packet in packets)
        {
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)packet.Length);
            bytes.AddRange(length);
            bytes.AddRange(packet);
        }

        return [.. bytes];
    }

    private static byte[] Unescape(string label)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < label.Length; i++)
        {
            if (label[i] == '\\')
            {
                bytes.Add(byte.Parse(label.AsSpan(i + 1, 3), CultureInfo.InvariantCulture));
                i += 3;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(label[i].ToString()));
            }
        }

        return [.. bytes];
    }
}
