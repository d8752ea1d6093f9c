using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Discovery.Infrastructure;

/// <summary>A reply as it came over the wire, and its body decompressed.</summary>
internal sealed class RawReply
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.Ordinal);

    public RawReply(byte[] bytes)
    {
        int end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.True(end > 0, "a reply has come");
        string[] head = Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n");
        Status = int.Parse(head[0].AsSpan(9, 3), CultureInfo.InvariantCulture);
        foreach (string line in head.Skip(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            _headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        Bytes = bytes[(end + 4)..];
        using var reader = new StreamReader(
            this["Content-Encoding"] == "gzip"
                ? new GZipStream(new MemoryStream(Bytes), CompressionMode.Decompress)
                : new MemoryStream(Bytes),
            Encoding.UTF8);
        Text = reader.ReadToEnd();
    }

    public int Status { get; }

    /// <summary>The body as it was sent.</summary>
    public byte[] Bytes { get; }

    /// <summary>The body, decompressed.</summary>
    public string Text { get; }

    /// <summary>A header by its exact name; <c>-</c> for none.</summary>
    public string this[string name] => _headers.GetValueOrDefault(name, "-");
}
