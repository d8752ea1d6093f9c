using System.Text;

namespace Discovery.Health;

/// <summary>The words that Consul uses for kinds and statuses, and the cutting of outputs.</summary>
internal static class CheckText
{
    public static string TypeName(CheckKind kind) => kind switch
    {
        CheckKind.App => "app",
        CheckKind.Grpc => "grpc",
        CheckKind.Http => "http",
        CheckKind.Ttl => "ttl",
        CheckKind.Tcp => "tcp",
        CheckKind.Udp => "udp",
        CheckKind.Alias => "alias",
        CheckKind.Script => "script",
        CheckKind.H2Ping => "h2ping",
        _ => "",
    };

    public static string StatusName(CheckStatus status) => status switch
    {
        CheckStatus.Passing => "passing",
        CheckStatus.Warning => "warning",
        _ => "critical",
    };

    /// <summary>The whole text, or its first <paramref name="bytesMax"/> bytes of UTF-8 and a word on what is missing.</summary>
    public static string CutNote(string text, int bytesMax)
    {
        int bytes = ByteCount(text, bytesMax);
        return bytes <= bytesMax ? text : $"{Head(text, bytesMax)} ... (captured {bytesMax} of {bytes} bytes)";
    }

    /// <summary>The first bytes of a text, ending on a character.</summary>
    public static string Head(string text, int bytesMax)
    {
        if (text.Length * 3L <= bytesMax)
        {
            return text;
        }

        int used = 0;
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            used += rune.Utf8SequenceLength;
            if (used > bytesMax)
            {
                return text[..length];
            }

            length += rune.Utf16SequenceLength;
        }

        return text;
    }

    // A character takes three bytes at most, so that a short text need not be counted.
    private static int ByteCount(string text, int bytesMax) =>
        text.Length * 3L <= bytesMax ? text.Length : Encoding.UTF8.GetByteCount(text);
}
