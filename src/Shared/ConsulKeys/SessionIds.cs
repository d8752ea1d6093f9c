using System.Globalization;
using System.Text;
using Discovery.Wire;

namespace Discovery.Consul;

/// <summary>Ids of sessions as they stand in requests. Pure.</summary>
internal static class SessionIds
{
    private const int Length = 36;
    private const int HyphensMax = 4;

    /// <summary>An id that no session has, for texts that can be nobody's.</summary>
    public static readonly Guid Nobody = Guid.AllBitsSet;

    /// <summary>The id that a text means; empty for none, <see cref="Nobody"/> for what cannot be one.</summary>
    public static Guid Read(string text) => text.Length == 0 ? Guid.Empty
        : text.Length == Length && Guid.TryParseExact(text.Replace("-", "", StringComparison.Ordinal), "N", out Guid id) ? id
        : Nobody;

    /// <summary>What Consul says to a text that is no id at all; null for one that may be somebody's.</summary>
    public static string? Trouble(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length != Length)
        {
            return "failed session lookup: index error: UUID must be 36 characters";
        }

        byte[] digits = [.. bytes.Where(static b => b != '-')];
        if (bytes.Length - digits.Length > HyphensMax)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"failed session lookup: index error: UUID should have maximum of 4 \"-\"; got {bytes.Length - digits.Length}");
        }

        if (digits.Length % 2 != 0)
        {
            return "failed session lookup: index error: Input (without hyphens) must be even length";
        }

        int odd = Array.FindIndex(digits, static b => !char.IsAsciiHexDigit((char)b));
        return odd < 0 ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"failed session lookup: index error: Invalid UUID: encoding/hex: invalid byte: U+{digits[odd]:X4}{Shown((char)digits[odd])}");
    }

    /// <summary>What Consul says when a text names no session that could hold a key.</summary>
    public static string NoSession(string text) =>
        text.Length == 0 ? "missing session" : Trouble(text) ?? $"invalid session {GoQuote.Quote(text)}";

    private static string Shown(char c) => char.IsControl(c) || c is '\u00a0' or '\u00ad' ? "" : $" '{c}'";
}
