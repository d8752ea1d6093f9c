using System.Buffers;
using System.Globalization;
using System.Text;

namespace Discovery.Infrastructure;

/// <summary>Reads the path of a request from its raw target, which alone tells a slash from an encoded one. Pure.</summary>
internal static class ApiTarget
{
    /// <summary>The decoded path below the prefix that the endpoints are mapped under.</summary>
    /// <param name="target">The request target: path and query string, or an absolute URI.</param>
    /// <param name="prefixSegments">How many segments come before <c>v1</c>.</param>
    /// <param name="path">The path, beginning with the slash before <c>v1</c>; decoded once.</param>
    /// <param name="prefix">What comes before it, as it was sent.</param>
    public static bool TryRead(string target, int prefixSegments, out ReadOnlyMemory<char> path, out ReadOnlyMemory<char> prefix)
    {
        ReadOnlyMemory<char> raw = PathOf(target);
        int at = 0;
        for (int i = 0; i < prefixSegments && at >= 0; i++)
        {
            int next = raw.Span[(at + 1)..].IndexOf('/');
            at = next < 0 ? -1 : at + 1 + next;
        }

        if (raw.IsEmpty || at < 0)
        {
            (path, prefix) = (default, default);
            return false;
        }

        prefix = raw[..at];
        path = raw[at..];
        if (path.Span.Contains('%'))
        {
            path = Decode(path.Span).AsMemory();
        }

        return true;
    }

    /// <summary>The end of the path as bytes, decoded.</summary>
    /// <param name="target">The request target.</param>
    /// <param name="prefixLength">What comes before the path, as <see cref="TryRead"/> tells it.</param>
    /// <param name="from">How much of the decoded path comes before the end; ASCII.</param>
    public static byte[] ReadBytes(string target, int prefixLength, int from)
    {
        ReadOnlySpan<char> path = PathOf(target).Span[prefixLength..];
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(path.Length));
        try
        {
            int length = PercentCoding.Decode(path, plusIsSpace: false, bytes);
            return bytes.AsSpan(from, length - from).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Whether every percent sign of the path stands before two hexadecimal digits.</summary>
    public static bool IsWellEncoded(string target)
    {
        ReadOnlySpan<char> path = PathOf(target).Span;
        for (int at = path.IndexOf('%'); at >= 0; at = path.IndexOf('%'))
        {
            if (path.Length < at + 3 || !char.IsAsciiHexDigit(path[at + 1]) || !char.IsAsciiHexDigit(path[at + 2]))
            {
                return false;
            }

            path = path[(at + 3)..];
        }

        return true;
    }

    /// <summary>Whether all characters are what Go calls printable: letters, marks, numbers, punctuation, symbols and the space.</summary>
    public static bool IsPrintable(ReadOnlySpan<char> path)
    {
        if (!path.ContainsAnyExceptInRange(' ', '~'))
        {
            return true;
        }

        foreach (Rune rune in path.EnumerateRunes())
        {
            if (rune.Value != ' ' && !IsPrintable(Rune.GetUnicodeCategory(rune)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The path without empty segments, <c>.</c> and <c>..</c>; null when it is clean as it stands.</summary>
    public static string? Clean(ReadOnlySpan<char> path)
    {
        if (path.IndexOf("//") < 0 && path.IndexOf("/.") < 0)
        {
            return null;
        }

        var segments = new List<string>();
        foreach (Range part in path.Split('/'))
        {
            switch (path[part])
            {
                case "" or ".":
                    break;
                case "..":
                    segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
                    break;
                default:
                    segments.Add(path[part].ToString());
                    break;
            }
        }

        string cleaned = "/" + string.Join('/', segments) + (path[^1] == '/' && segments.Count > 0 ? "/" : "");
        return path.SequenceEqual(cleaned) ? null : cleaned;
    }

    private static ReadOnlyMemory<char> PathOf(string target)
    {
        int question = target.IndexOf('?', StringComparison.Ordinal);
        ReadOnlyMemory<char> path = target.AsMemory(0, question < 0 ? target.Length : question);
        if (path.Length > 0 && path.Span[0] == '/')
        {
            return path;
        }

        int scheme = path.Span.IndexOf("://");
        int slash = scheme < 0 ? -1 : path.Span[(scheme + 3)..].IndexOf('/');
        return slash < 0 ? default : path[(scheme + 3 + slash)..];
    }

    private static string Decode(ReadOnlySpan<char> path)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(path.Length));
        try
        {
            return Encoding.UTF8.GetString(bytes, 0, PercentCoding.Decode(path, plusIsSpace: false, bytes));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static bool IsPrintable(UnicodeCategory category) => category is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator);
}
