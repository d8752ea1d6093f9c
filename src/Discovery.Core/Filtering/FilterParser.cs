using System.Diagnostics.CodeAnalysis;

namespace Discovery.Filtering;

/// <summary>The grammar of the filter language.</summary>
/// <remarks>
/// <code>
/// Input    = _? "(" _? Or _? ")" _? EOF | _? Or _? EOF
/// Or       = And (_ "or" _ And)*
/// And      = Not (_ "and" _ Not)*
/// Not      = ("not" _)* Group
/// Group    = "(" _? Or _? ")" | Match
/// Match    = Selector ("==" | "!=" | contains | matches ...) Value | Selector ("is" ["not"] "empty") | Value ["not"] "in" Selector
/// Selector = Identifier ("." Identifier | "[" _? String _? "]")*
/// Value    = Selector | Number | String
/// </code>
/// Alternatives are tried in this order and the first that fits is taken, without looking back; that is what makes <c>not in Tags</c> ask
/// for the tag "not". The outcome of <c>Or</c> at a position is kept, which makes the whole linear in the length of the text.
/// </remarks>
internal sealed class FilterParser(string text)
{
    private readonly FilterScanner _scanner = new(text);
    private readonly Dictionary<int, (int End, FilterNode? Node)> _orOutcomes = [];
    private int _depth;
    private int _tooDeepAt = -1;
    private int _regexCount;

    public FilterError? Parse(out FilterNode? root)
    {
        root = null;
        if (text.Length > FilterExpression.LengthMax)
        {
            return new FilterError(
                $"{FilterScanner.Prefix}the filter has {text.Length} characters, the limit is {FilterExpression.LengthMax}",
                FilterExpression.LengthMax, 1, 1);
        }

        bool parsed = TryGroupedInput(out root) || TryPlainInput(out root);
        if (_tooDeepAt >= 0)
        {
            return _scanner.Refusal(_tooDeepAt, $"parentheses are nested deeper than {FilterExpression.DepthMax}");
        }

        if (!parsed || _scanner.HasErrors)
        {
            return _scanner.Failure();
        }

        CountRegexes(root!);
        return _regexCount <= FilterExpression.RegexCountMax
            ? null
            : _scanner.At(0, $"the filter has {_regexCount} regular expressions, the limit is {FilterExpression.RegexCountMax}");
    }

    private void CountRegexes(FilterNode node)
    {
        switch (node)
        {
            case FilterMatch match:
                _regexCount += match.IsRegex ? 1 : 0;
                break;
            case FilterNot not:
                CountRegexes(not.Operand);
                break;
            case FilterAll all:
                Array.ForEach(all.Parts, CountRegexes);
                break;
            case FilterAny any:
                Array.ForEach(any.Parts, CountRegexes);
                break;
        }
    }

    private bool TryGroupedInput(out FilterNode? node)
    {
        node = null;
        _scanner.OptionalSpace();
        return TryParenthesized(out node) && TryInputEnd();
    }

    private bool TryPlainInput(out FilterNode? node)
    {
        _scanner.Position = 0;
        _scanner.OptionalSpace();
        return TryOr(out node) && TryInputEnd();
    }

    private bool TryInputEnd()
    {
        _scanner.OptionalSpace();
        return _scanner.End();
    }

    private bool TryOr([NotNullWhen(true)] out FilterNode? node)
    {
        int start = _scanner.Position;
        if (!_orOutcomes.TryGetValue(start, out (int End, FilterNode? Node) outcome))
        {
            bool parsed = TryChain("or", "\"or\"", TryAnd, parts => new FilterAny(parts), out FilterNode? found);
            outcome = (_scanner.Position, parsed ? found : null);
            _orOutcomes[start] = outcome;
        }

        _scanner.Position = outcome.End;
        node = outcome.Node;
        return node is not null;
    }

    private bool TryAnd([NotNullWhen(true)] out FilterNode? node) =>
        TryChain("and", "\"and\"", TryNot, parts => new FilterAll(parts), out node);

    private delegate bool Rule([NotNullWhen(true)] out FilterNode? node);

    private bool TryChain(
        string keyword, string name, Rule rule, Func<FilterNode[], FilterNode> join, [NotNullWhen(true)] out FilterNode? node)
    {
        if (!rule(out node))
        {
            return false;
        }

        List<FilterNode>? parts = null;
        int end = _scanner.Position;
        while (_scanner.Space() && _scanner.Literal(keyword, name) && _scanner.Space() && rule(out FilterNode? next))
        {
            parts ??= [node];
            parts.Add(next);
            end = _scanner.Position;
        }

        _scanner.Position = end;
        node = parts is null ? node : join([.. parts]);
        return true;
    }

    private bool TryNot([NotNullWhen(true)] out FilterNode? node)
    {
        List<int> starts = [_scanner.Position];
        while (_scanner.Literal("not", "\"not\"") && _scanner.Space())
        {
            starts.Add(_scanner.Position);
        }

        for (int count = starts.Count - 1; count >= 0; count--)
        {
            _scanner.Position = starts[count];
            if (TryGroup(out node))
            {
                node = count % 2 == 0 ? node : new FilterNot(node);
                return true;
            }
        }

        _scanner.Position = starts[0];
        node = null;
        return false;
    }

    private bool TryGroup([NotNullWhen(true)] out FilterNode? node)
    {
        int start = _scanner.Position;
        if (TryParenthesized(out node) || TryMatch(out node))
        {
            return true;
        }

        _scanner.Position = start;
        if (_scanner.Current == '(' && _tooDeepAt < 0)
        {
            _scanner.Position++;
            _scanner.OptionalSpace();
            if (TryOr(out _))
            {
                _scanner.OptionalSpace();
                _scanner.Error(_scanner.Position, "grouping", "Unmatched parentheses");
            }
        }

        _scanner.Position = start;
        node = null;
        return false;
    }

    private bool TryParenthesized([NotNullWhen(true)] out FilterNode? node)
    {
        int start = _scanner.Position;
        if (_scanner.Literal("(", "\"(\"") && TryInner(start, out node))
        {
            _scanner.OptionalSpace();
            if (_scanner.Literal(")", "\")\""))
            {
                return true;
            }
        }

        _scanner.Position = start;
        node = null;
        return false;
    }

    private bool TryInner(int start, [NotNullWhen(true)] out FilterNode? node)
    {
        if (_depth == FilterExpression.DepthMax)
        {
            _tooDeepAt = _tooDeepAt < 0 ? start : _tooDeepAt;
            node = null;
            return false;
        }

        _depth++;
        _scanner.OptionalSpace();
        bool parsed = TryOr(out node);
        _depth--;
        return parsed;
    }

    private bool TryMatch([NotNullWhen(true)] out FilterNode? node)
    {
        int start = _scanner.Position;
        node = TrySelectorOperatorValue(start) ?? TrySelectorIsEmpty(start) ?? TryValueInSelector(start);
        _scanner.Position = node is null ? start : _scanner.Position;
        return node is not null;
    }

    private FilterMatch? TrySelectorOperatorValue(int start)
    {
        return TrySelector(out string[]? selector) && TryValueOperator(out FilterOperator found) && TryValue(out string? value)
            ? new FilterMatch(start, selector, found, value)
            : null;
    }

    private bool TryValueOperator(out FilterOperator found)
    {
        int start = _scanner.Position;
        found = default;
        if (TrySymbol(start, "==", "\"==\""))
        {
            found = FilterOperator.Equal;
        }
        else if (TrySymbol(start, "!=", "\"!=\""))
        {
            found = FilterOperator.NotEqual;
        }
        else if (TryWords(start, "contains", "\"contains\""))
        {
            found = FilterOperator.In;
        }
        else if (TryNotWords(start, "contains", "\"contains\""))
        {
            found = FilterOperator.NotIn;
        }
        else if (TryWords(start, "matches", "\"matches\""))
        {
            found = FilterOperator.Matches;
        }
        else if (TryNotWords(start, "matches", "\"matches\""))
        {
            found = FilterOperator.NotMatches;
        }
        else
        {
            return false;
        }

        return true;
    }

    private FilterMatch? TrySelectorIsEmpty(int start)
    {
        _scanner.Position = start;
        if (!TrySelector(out string[]? selector))
        {
            return null;
        }

        int end = _scanner.Position;
        if (TryIs() && _scanner.Literal("empty", "\"empty\""))
        {
            return new FilterMatch(start, selector, FilterOperator.IsEmpty, null);
        }

        _scanner.Position = end;
        return TryIs() && _scanner.Literal("not", "\"not\"") && _scanner.Space() && _scanner.Literal("empty", "\"empty\"")
            ? new FilterMatch(start, selector, FilterOperator.IsNotEmpty, null)
            : null;
    }

    private bool TryIs() => _scanner.Space() && _scanner.Literal("is", "\"is\"") && _scanner.Space();

    private FilterMatch? TryValueInSelector(int start)
    {
        _scanner.Position = start;
        if (!TryValue(out string? value))
        {
            return null;
        }

        int end = _scanner.Position;
        bool isIn = TryWords(end, "in", "\"in\"");
        if (!isIn && !TryNotWords(end, "in", "\"in\""))
        {
            return null;
        }

        int after = _scanner.Position;
        if (TrySelector(out string[]? selector))
        {
            return new FilterMatch(start, selector, isIn ? FilterOperator.In : FilterOperator.NotIn, value);
        }

        _scanner.Error(after, "match", "Invalid selector");
        return null;
    }

    private bool TrySymbol(int start, string symbol, string name)
    {
        _scanner.Position = start;
        _scanner.OptionalSpace();
        if (_scanner.Literal(symbol, name))
        {
            _scanner.OptionalSpace();
            return true;
        }

        return false;
    }

    private bool TryWords(int start, string word, string name)
    {
        _scanner.Position = start;
        return _scanner.Space() && _scanner.Literal(word, name) && _scanner.Space();
    }

    private bool TryNotWords(int start, string word, string name)
    {
        _scanner.Position = start;
        return _scanner.Space() && _scanner.Literal("not", "\"not\"") && _scanner.Space()
            && _scanner.Literal(word, name) && _scanner.Space();
    }

    private bool TrySelector([NotNullWhen(true)] out string[]? selector) => new FilterTokens(_scanner).TrySelector(out selector);

    private bool TryValue([NotNullWhen(true)] out string? value) => new FilterTokens(_scanner).TryValue(out value);
}
