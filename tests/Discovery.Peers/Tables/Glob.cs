using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Discovery.Peers.Tables;

/// <summary>Patterns in which <c>*</c> stands for any characters and everything else for itself.</summary>
internal static class Glob
{
    private static readonly ConcurrentDictionary<string, Regex> s_compiled = new(StringComparer.Ordinal);

    public static bool Matches(string pattern, string text) => pattern == "*" || pattern == text || s_compiled.GetOrAdd(
        pattern,
        static glob => new Regex(
            "^" + Regex.Escape(glob).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.Singleline)).IsMatch(text);
}
