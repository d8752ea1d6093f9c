using System.IO.Compression;

namespace Discovery.Infrastructure;

/// <summary>A reply's JSON, kept to be sent again: as it is, and compressed once somebody asked for that.</summary>
internal sealed class ApiBody(byte[] json)
{
    private byte[]? _compressed;

    public static readonly ApiBody EmptyList = new("[]"u8.ToArray());

    public static readonly ApiBody EmptyObject = new("{}"u8.ToArray());

    public static readonly ApiBody Null = new("null"u8.ToArray());

    public byte[] Json { get; } = json;

    public byte[] Compressed => _compressed ??= Compress(Json);

    /// <summary>Compresses with gzip, fast rather than small: the first request after a change pays for it.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> bytes)
    {
        using var target = new MemoryStream(Math.Max(64, bytes.Length / 4));
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }
}
