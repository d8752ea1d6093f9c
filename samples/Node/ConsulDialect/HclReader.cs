using System.Globalization;

namespace Discovery.Node.ConsulDialect;

/// <summary>Reads the configuration language HCL, version 1: attributes, blocks with and without labels, lists, heredocs.</summary>
/// <remarks>
/// As Consul's own reader does: an object that is the value of a key becomes a list of one, and blocks of the same name make one list; the
/// decoder takes a list of one for its only item where no list is wanted. A text that begins with a brace is JSON.
/// </remarks>
internal sealed class HclReader
{
    private const int DepthMax = 100;

    private readonly HclLexer _lexer;
    private HclToken _token;
    private int _depth;

    private HclReader(string text)
    {
        _lexer = new HclLexer(text);
        _token = _lexer.Next();
    }

    /// <exception cref="DialectException">The text is not HCL.</exception>
    public static ConfigObject Parse(string file, string text)
    {
        if (text.AsSpan().TrimStart().StartsWith("{"))
        {
            return JsonText.Parse(file, text);
        }

        try
        {
            return new HclReader(text).ReadBody(HclTokenKind.End);
        }
        catch (HclException e)
        {
            throw new DialectException($"failed to parse {file}: {e.Message}", e);
        }
    }

    private ConfigObject ReadBody(HclTokenKind end)
    {
        if (++_depth > DepthMax)
        {
            throw _token.Error($"more than {DepthMax} levels of blocks");
        }

        var body = new ConfigObject();
        while (_token.Kind != end)
        {
            if (_token.Kind == HclTokenKind.End)
            {
                throw _token.Error("object expected closing RBRACE got: EOF");
            }

            ReadItem(body);
            if (_token.Kind == HclTokenKind.Comma)
            {
                Advance();
            }
        }

        _depth--;
        return body;
    }

    private void ReadItem(ConfigObject body)
    {
        var keys = new List<string>();
        while (_token.Kind is HclTokenKind.Name or HclTokenKind.Text or HclTokenKind.Bool)
        {
            keys.Add(_token.Text);
            Advance();
        }

        if (keys.Count == 0)
        {
            throw _token.Error($"expected: IDENT | STRING got: {_token.Shown}");
        }

        ConfigValue value;
        if (_token.Kind == HclTokenKind.Equals)
        {
            if (keys.Count > 1)
            {
                throw _token.Error("nested object expected: LBRACE got: ASSIGN");
            }

            Advance();
            value = ReadValue(isInList: false);
        }
        else if (_token.Kind == HclTokenKind.OpenBrace)
        {
            value = ReadBlock();
        }
        else
        {
            throw _token.Error($"key '{string.Join(' ', keys)}' expected start of object ('{{') or assignment ('=')");
        }

        for (int i = keys.Count - 1; i > 0; i--)
        {
            var labelled = new ConfigObject { [keys[i]] = value };
            value = new ConfigList([labelled], IsOfBlocks: true);
        }

        body[keys[0]] = value is ConfigList list && body[keys[0]] is ConfigList before
            ? new ConfigList([.. before.Items, .. list.Items], list.IsOfBlocks)
            : value;
    }

    private ConfigList ReadBlock() => new([ReadObject()], IsOfBlocks: true);

    private ConfigObject ReadObject()
    {
        Advance();
        ConfigObject body = ReadBody(HclTokenKind.CloseBrace);
        Advance();
        return body;
    }

    private ConfigValue ReadValue(bool isInList)
    {
        HclToken token = _token;
        switch (token.Kind)
        {
            case HclTokenKind.OpenBrace:
                return isInList ? ReadObject() : ReadBlock();
            case HclTokenKind.OpenBracket:
                return ReadList();
            case HclTokenKind.Text:
                Advance();
                return new ConfigText(token.Text);
            case HclTokenKind.Bool:
                Advance();
                return new ConfigBool(token.Text == "true");
            case HclTokenKind.Number:
                Advance();
                return ToNumber(token);
            default:
                throw token.Error($"Unknown token: {token.Shown}");
        }
    }

    private ConfigList ReadList()
    {
        if (++_depth > DepthMax)
        {
            throw _token.Error($"more than {DepthMax} levels of lists");
        }

        Advance();
        var items = new List<ConfigValue>();
        while (_token.Kind != HclTokenKind.CloseBracket)
        {
            items.Add(ReadValue(isInList: true));
            if (_token.Kind == HclTokenKind.Comma)
            {
                Advance();
            }
            else if (_token.Kind != HclTokenKind.CloseBracket)
            {
                throw _token.Error($"error parsing list, expected comma or list end, got: {_token.Shown}");
            }
        }

        Advance();
        _depth--;
        return new ConfigList(items);
    }

    // Go's rules for whole numbers: 0x is hexadecimal, a leading zero octal.
    private static ConfigNumber ToNumber(HclToken token)
    {
        string text = token.Text;
        bool isNegative = text.StartsWith('-');
        string digits = isNegative ? text[1..] : text;
        try
        {
            if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            {
                return Whole(Convert.ToInt64(digits[2..], 16));
            }

            bool isWhole = digits.All(char.IsAsciiDigit);
            return isWhole && digits.Length > 1 && digits[0] == '0' ? Whole(Convert.ToInt64(digits, 8))
                : isWhole ? Whole(long.Parse(digits, CultureInfo.InvariantCulture))
                : new ConfigNumber(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw token.Error($"\"{text}\" is no number");
        }

        ConfigNumber Whole(long value) => new(isNegative ? -value : value, IsWrittenWhole: true);
    }

    private void Advance() => _token = _lexer.Next();
}
