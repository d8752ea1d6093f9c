using System.Text;

namespace Discovery.Answering;

/// <summary>
/// Writes a pair of metadata as the data of a TXT record: RFC 1464, or the value alone for keys that begin with rfc1035-.
/// </summary>
internal static class MetaText
{
    private const int StringBytesMax = 255;
    private const string PlainPrefix = "rfc1035-";

    public static byte[] Encode(string key, string value)
    {
        string text = key.StartsWith(PlainPrefix, StringComparison.OrdinalIgnoreCase) ? value : $"{EscapeKey(key)}={EscapeValue(value)}";
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int strings = Math.Max(1, (bytes.Length + StringBytesMax - 1) / StringBytesMax);
        byte[] data = new byte[bytes.Length + strings];
        for (int i = 0, from = 0, to = 0; i < strings; i++)
        {
            int length = Math.Min(StringBytesMax, bytes.Length - from);
            data[to] = (byte)length;
            bytes.AsSpan(from, length).CopyTo(data.AsSpan(to + 1));
            from += length;
            to += length + 1;
        }

        return data;
    }

    private static string EscapeValue(string value) => value.Replace("`", "``", StringComparison.Ordinal);

    private static string EscapeKey(string key)
    {
        string escaped = EscapeValue(key).Replace("=", "`=", StringComparison.Ordinal);
        string inner = escaped.TrimStart(' ', '\t');
        string leading = Quoted(escaped[..^inner.Length]);
        string trimmed = inner.TrimEnd(' ', '\t');
        return leading + trimmed + Quoted(inner[trimmed.Length..]);
    }

    private static string Quoted(string blanks) => string.Concat(blanks.Select(static blank => $"`{blank}"));
}
