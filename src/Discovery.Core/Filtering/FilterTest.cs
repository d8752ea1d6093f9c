namespace Discovery.Filtering;

/// <summary>A question about a value, ready to be asked of any number of values without allocating.</summary>
/// <typeparam name="TValue">Type of the value.</typeparam>
internal abstract class FilterTest<TValue>
{
    /// <summary>The answer for the empty value of the type: it stands in for a part that a row does not have.</summary>
    public abstract bool MatchesNothing { get; }

    public abstract bool Matches(TValue value);
}

internal sealed class AllTest<T>(FilterTest<T>[] parts) : FilterTest<T>
{
    public override bool MatchesNothing => Array.TrueForAll(parts, part => part.MatchesNothing);

    public override bool Matches(T value)
    {
        foreach (FilterTest<T> part in parts)
        {
            if (!part.Matches(value))
            {
                return false;
            }
        }

        return true;
    }
}

internal sealed class AnyTest<T>(FilterTest<T>[] parts) : FilterTest<T>
{
    public override bool MatchesNothing => Array.Exists(parts, part => part.MatchesNothing);

    public override bool Matches(T value)
    {
        foreach (FilterTest<T> part in parts)
        {
            if (part.Matches(value))
            {
                return true;
            }
        }

        return false;
    }
}

internal sealed class NotTest<T>(FilterTest<T> operand) : FilterTest<T>
{
    public override bool MatchesNothing => !operand.MatchesNothing;

    public override bool Matches(T value) => !operand.Matches(value);
}

internal sealed class ConstantTest<T>(bool answer) : FilterTest<T>
{
    public override bool MatchesNothing => answer;

    public override bool Matches(T value) => answer;
}

internal sealed class FieldTest<T, TField>(Func<T, TField> get, FilterTest<TField> test) : FilterTest<T>
{
    public override bool MatchesNothing => test.MatchesNothing;

    public override bool Matches(T value) => test.Matches(get(value));
}

internal sealed class StringTest(FilterOperator @operator, string operand, RegexProgram? regex) : FilterTest<string?>
{
    public override bool MatchesNothing => Matches("");

    public override bool Matches(string? value) => @operator switch
    {
        FilterOperator.Equal => string.Equals(value ?? "", operand, StringComparison.Ordinal),
        FilterOperator.NotEqual => !string.Equals(value ?? "", operand, StringComparison.Ordinal),
        FilterOperator.In => (value ?? "").Contains(operand, StringComparison.Ordinal),
        FilterOperator.NotIn => !(value ?? "").Contains(operand, StringComparison.Ordinal),
        FilterOperator.Matches => regex!.IsMatch(value ?? ""),
        _ => !regex!.IsMatch(value ?? ""),
    };
}

internal sealed class IntTest(long operand, bool equal) : FilterTest<long>
{
    public override bool MatchesNothing => Matches(0);

    public override bool Matches(long value) => (value == operand) == equal;
}

internal sealed class BoolTest(bool operand, bool equal) : FilterTest<bool>
{
    public override bool MatchesNothing => Matches(false);

    public override bool Matches(bool value) => (value == operand) == equal;
}

internal sealed class StringListTest(string operand, bool contained) : FilterTest<IReadOnlyList<string>?>
{
    public override bool MatchesNothing => !contained;

    public override bool Matches(IReadOnlyList<string>? value)
    {
        int count = value?.Count ?? 0;
        for (int at = 0; at < count; at++)
        {
            if (string.Equals(value![at], operand, StringComparison.Ordinal))
            {
                return contained;
            }
        }

        return !contained;
    }
}

internal sealed class EmptyListTest<T>(bool empty) : FilterTest<IReadOnlyList<T>?>
{
    public override bool MatchesNothing => empty;

    public override bool Matches(IReadOnlyList<T>? value) => (value is null || value.Count == 0) == empty;
}

/// <summary>True when any element passes, for negative operators too: <c>Checks.Status != passing</c> finds one that is not.</summary>
internal sealed class ElementTest<T>(FilterTest<T> test) : FilterTest<IReadOnlyList<T>?>
{
    public override bool MatchesNothing => false;

    public override bool Matches(IReadOnlyList<T>? value)
    {
        int count = value?.Count ?? 0;
        for (int at = 0; at < count; at++)
        {
            if (test.Matches(value![at]))
            {
                return true;
            }
        }

        return false;
    }
}

internal sealed class StructTest<T>(FilterTest<T> test) : FilterTest<T?>
    where T : class
{
    public override bool MatchesNothing => test.MatchesNothing;

    public override bool Matches(T? value) => value is null ? test.MatchesNothing : test.Matches(value);
}

internal sealed class EmptyMapTest<T>(bool empty) : FilterTest<IReadOnlyDictionary<string, T>?>
{
    public override bool MatchesNothing => empty;

    public override bool Matches(IReadOnlyDictionary<string, T>? value) => (value is null || value.Count == 0) == empty;
}

internal sealed class KeyTest<T>(string key, bool contained) : FilterTest<IReadOnlyDictionary<string, T>?>
{
    public override bool MatchesNothing => !contained;

    public override bool Matches(IReadOnlyDictionary<string, T>? value) => (value is not null && value.ContainsKey(key)) == contained;
}

internal sealed class EntryTest<T>(string key, FilterTest<T> test, bool missing) : FilterTest<IReadOnlyDictionary<string, T>?>
{
    public override bool MatchesNothing => missing;

    public override bool Matches(IReadOnlyDictionary<string, T>? value) =>
        value is not null && value.TryGetValue(key, out T? entry) ? test.Matches(entry) : missing;
}
