using System.IO.Compression;

namespace Discovery.Infrastructure;

/// <summary>How the JSON of a reply is sent.</summary>
[Flags]
internal enum BodyForm
{
    Plain = 0,
    Gzip = 1,
    Pretty = 2,
}

/// <summary>Brings JSON into the form that a caller asked for.</summary>
internal static class ApiBody
{
    /// <summary>How many forms there are.</summary>
    public const int Forms = 4;

    /// <summary>The bytes to send.</summary>
    public static byte[] Make(ReadOnlySpan<byte> json, BodyForm form)
    {
        using JsonBuffer? indented = (form & BodyForm.Pretty) != 0 ? JsonIndent.Indent(json) : null;
        ReadOnlySpan<byte> bytes = indented is null ? json : indented.Written;
        return (form & BodyForm.Gzip) != 0 ? Compress(bytes) : bytes.ToArray();
    }

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
