using System.Diagnostics.CodeAnalysis;
using Discovery.Filtering;

namespace Discovery;

/// <summary>A parsed filter in the language of Consul's <c>?filter=</c>, not yet bound to a row type.</summary>
/// <remarks>
/// <para>Grammar: <c>or</c>, <c>and</c>, <c>not</c> (weakest first), parentheses, and the matches <c>sel == val</c>, <c>sel != val</c>,
/// <c>val in sel</c>, <c>val not in sel</c>, <c>sel contains val</c>, <c>sel not contains val</c>, <c>sel is empty</c>,
/// <c>sel is not empty</c>, <c>sel matches regex</c>, <c>sel not matches regex</c>. A selector is <c>Name.Name["key"]</c>; a value is a
/// bare word, a number, a <c>"string"</c> with Go's escapes or a raw <c>`string`</c>. The empty text selects every row, as an empty
/// <c>?filter=</c> does.</para>
/// <para>Grammar, results and error texts are those of Consul 1.8.7, except: the limits below; <c>\p{Script}</c> is unknown in regular
/// expressions (categories are known); a byte that is escaped in a string and is not UTF-8 becomes U+FFFD; and a part that a row does not
/// have (a service without <c>Proxy</c>) compares like an empty one, where Consul drops the connection.</para>
/// <para>Instances are immutable and safe for concurrent use.</para>
/// </remarks>
public sealed class FilterExpression
{
    /// <summary>Longest text that is parsed, in UTF-16 code units.</summary>
    public const int LengthMax = 32_768;

    /// <summary>Deepest nesting of parentheses.</summary>
    public const int DepthMax = 100;

    /// <summary>Most regular expressions in one filter.</summary>
    public const int RegexCountMax = 32;

    /// <summary>Longest regular expression, in UTF-16 code units.</summary>
    public const int RegexLengthMax = 1_024;

    /// <summary>
    /// Largest regular expression, in the instructions that it compiles to: one a character or class, up to two an operator, counted
    /// repetitions written out.
    /// </summary>
    public const int RegexSizeMax = 3_100;

    private FilterExpression(string text, FilterNode? root)
    {
        Text = text;
        Root = root;
    }

    internal string Text { get; }

    /// <summary>Null when the text is empty.</summary>
    internal FilterNode? Root { get; }

    /// <summary>Parses a filter.</summary>
    /// <param name="text">The filter; empty selects every row.</param>
    /// <returns>The parsed filter.</returns>
    /// <exception cref="DiscoveryException">
    /// <see cref="DiscoveryError.InvalidRequest"/>, with <see cref="FilterError.Message"/>.
    /// </exception>
    public static FilterExpression Parse(string text) =>
        TryParse(text, out FilterExpression? expression, out FilterError? error)
            ? expression
            : throw new DiscoveryException(DiscoveryError.InvalidRequest, error.Message);

    /// <summary>Parses a filter without throwing.</summary>
    /// <param name="text">The filter; empty selects every row.</param>
    /// <param name="expression">The parsed filter.</param>
    /// <param name="error">Why and where the text is no filter.</param>
    /// <returns>Whether the text is a filter.</returns>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out FilterExpression? expression, [NotNullWhen(false)] out FilterError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        FilterNode? root = null;
        error = text.Length == 0 ? null : new FilterParser(text).Parse(out root);
        expression = error is null ? new FilterExpression(text, root) : null;
        return error is null;
    }

    /// <summary>Gives back the text that was parsed.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Text;
}
