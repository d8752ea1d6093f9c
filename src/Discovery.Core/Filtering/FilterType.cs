using Discovery.Wire;

namespace Discovery.Filtering;

/// <summary>Turns one match of an expression into a test, or says in Consul's words why that cannot be.</summary>
internal ref struct FilterBinding(FilterMatch match)
{
    public FilterMatch Match { get; } = match;

    /// <summary>How many parts of the selector are consumed.</summary>
    public int Depth { get; set; }

    public string? Error { get; private set; }

    public readonly bool AtEnd => Depth == Match.Selector.Length;

    public readonly string Name => Match.Selector[Depth];

    public bool RefuseSelector()
    {
        Error ??= $"Selector {GoQuote.Quote(string.Join('.', Match.Selector.Take(Depth + 1)))} is not valid";
        return false;
    }

    public bool RefuseOperator()
    {
        Error ??= $"Invalid match operator {GoQuote.Quote(Match.OperatorName)} for selector {QuotedSelector()}";
        return false;
    }

    public bool RefuseValue(string parser, string why)
    {
        string value = GoQuote.Quote(Match.Value!);
        Error ??= $"Failed to coerce value {value} for selector {QuotedSelector()}: strconv.{parser}: parsing {value}: {why}";
        return false;
    }

    public bool RefuseRegex(string why)
    {
        Error ??= $"Failed to compile regular expression {GoQuote.Quote(Match.Value!)}: {why}";
        return false;
    }

    private readonly string QuotedSelector() => GoQuote.Quote(string.Join('.', Match.Selector));
}

internal abstract class FilterType<TValue>
{
    /// <returns>Null when refused.</returns>
    public abstract FilterTest<TValue>? Bind(ref FilterBinding binding);
}

internal sealed class StringType : FilterType<string?>
{
    public static readonly StringType Instance = new();

    public override FilterTest<string?>? Bind(ref FilterBinding binding)
    {
        if (!binding.AtEnd)
        {
            binding.RefuseSelector();
            return null;
        }

        RegexProgram? regex = binding.Match.IsRegex ? binding.Match.Regex : null;
        if (regex?.Error is not null)
        {
            binding.RefuseRegex(regex.Error);
            return null;
        }

        if (binding.Match.Value is null)
        {
            binding.RefuseOperator();
            return null;
        }

        return new StringTest(binding.Match.Operator, binding.Match.Value, regex);
    }
}

internal sealed class IntType : FilterType<long>
{
    public static readonly IntType Instance = new();

    public override FilterTest<long>? Bind(ref FilterBinding binding)
    {
        long value = 0;
        string? trouble = null;
        bool ok = (binding.AtEnd || binding.RefuseSelector())
            && (binding.Match.Operator is FilterOperator.Equal or FilterOperator.NotEqual || binding.RefuseOperator())
            && ((trouble = GoText.ParseInt(binding.Match.Value!, out value)) is null || binding.RefuseValue("ParseInt", trouble));
        return ok ? new IntTest(value, binding.Match.Operator == FilterOperator.Equal) : null;
    }
}

internal sealed class BoolType : FilterType<bool>
{
    public static readonly BoolType Instance = new();

    public override FilterTest<bool>? Bind(ref FilterBinding binding)
    {
        bool value = false;
        string? trouble = null;
        bool ok = (binding.AtEnd || binding.RefuseSelector())
            && (binding.Match.Operator is FilterOperator.Equal or FilterOperator.NotEqual || binding.RefuseOperator())
            && ((trouble = GoText.ParseBool(binding.Match.Value!, out value)) is null || binding.RefuseValue("ParseBool", trouble));
        return ok ? new BoolTest(value, binding.Match.Operator == FilterOperator.Equal) : null;
    }
}

internal sealed class StringListType : FilterType<IReadOnlyList<string>?>
{
    public static readonly StringListType Instance = new();

    public override FilterTest<IReadOnlyList<string>?>? Bind(ref FilterBinding binding)
    {
        if (!binding.AtEnd)
        {
            binding.RefuseSelector();
            return null;
        }

        FilterOperator found = binding.Match.Operator;
        switch (found)
        {
            case FilterOperator.In or FilterOperator.NotIn:
                return new StringListTest(binding.Match.Value!, found == FilterOperator.In);
            case FilterOperator.IsEmpty or FilterOperator.IsNotEmpty:
                return new EmptyListTest<string>(found == FilterOperator.IsEmpty);
            default:
                binding.RefuseOperator();
                return null;
        }
    }
}

internal sealed class StructType<T>(FilterSchema<T> schema) : FilterType<T?>
    where T : class
{
    public override FilterTest<T?>? Bind(ref FilterBinding binding)
    {
        if (binding.AtEnd)
        {
            binding.RefuseOperator();
            return null;
        }

        FilterTest<T>? test = schema.BindField(ref binding);
        return test is null ? null : new StructTest<T>(test);
    }
}

internal sealed class StructListType<T>(FilterSchema<T> schema) : FilterType<IReadOnlyList<T>?>
{
    public override FilterTest<IReadOnlyList<T>?>? Bind(ref FilterBinding binding)
    {
        if (!binding.AtEnd)
        {
            FilterTest<T>? test = schema.BindField(ref binding);
            return test is null ? null : new ElementTest<T>(test);
        }

        FilterOperator found = binding.Match.Operator;
        if (found is FilterOperator.IsEmpty or FilterOperator.IsNotEmpty)
        {
            return new EmptyListTest<T>(found == FilterOperator.IsEmpty);
        }

        binding.RefuseOperator();
        return null;
    }
}

internal sealed class MapType<T>(FilterType<T> values) : FilterType<IReadOnlyDictionary<string, T>?>
{
    public override FilterTest<IReadOnlyDictionary<string, T>?>? Bind(ref FilterBinding binding)
    {
        FilterOperator found = binding.Match.Operator;
        if (!binding.AtEnd)
        {
            string key = binding.Name;
            binding.Depth++;
            FilterTest<T>? test = values.Bind(ref binding);
            return test is null ? null : new EntryTest<T>(key, test, MissingEntryMatches(found));
        }

        switch (found)
        {
            case FilterOperator.In or FilterOperator.NotIn:
                return new KeyTest<T>(binding.Match.Value!, found == FilterOperator.In);
            case FilterOperator.IsEmpty or FilterOperator.IsNotEmpty:
                return new EmptyMapTest<T>(found == FilterOperator.IsEmpty);
            default:
                binding.RefuseOperator();
                return null;
        }
    }

    /// <summary>Consul 1.8's table, in which an entry that is not there also "matches" every regular expression.</summary>
    private static bool MissingEntryMatches(FilterOperator found) =>
        found is not (FilterOperator.Equal or FilterOperator.In or FilterOperator.IsNotEmpty);
}
