using System.Text;

namespace Discovery.Runtime;

/// <summary>Tells and mends texts that UTF-8 cannot carry: those with half a surrogate pair.</summary>
internal static class UnicodeText
{
    /// <summary>Whether a text comes back from UTF-8 as it went in.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        int next;
        while ((next = text.IndexOfAnyInRange('\uD800', '\uDFFF')) >= 0)
        {
            if (next + 1 >= text.Length || !char.IsSurrogatePair(text[next], text[next + 1]))
            {
                return false;
            }

            text = text[(next + 2)..];
        }

        return true;
    }

    /// <summary>The text with U+FFFD in place of every half pair; the same object when there is none.</summary>
    public static string Mended(string text) =>
        IsWellFormed(text) ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
