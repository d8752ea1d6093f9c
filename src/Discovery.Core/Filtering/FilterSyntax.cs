namespace Discovery.Filtering;

internal enum FilterOperator
{
    Equal,
    NotEqual,
    In,
    NotIn,
    IsEmpty,
    IsNotEmpty,
    Matches,
    NotMatches,
}

/// <summary>A node of the syntax tree; its height is bounded by <see cref="FilterExpression.DepthMax"/>, because chains are flat.</summary>
internal abstract class FilterNode;

internal sealed class FilterAll(FilterNode[] parts) : FilterNode
{
    public FilterNode[] Parts { get; } = parts;
}

internal sealed class FilterAny(FilterNode[] parts) : FilterNode
{
    public FilterNode[] Parts { get; } = parts;
}

internal sealed class FilterNot(FilterNode operand) : FilterNode
{
    public FilterNode Operand { get; } = operand;
}

internal sealed class FilterMatch(int position, string[] selector, FilterOperator @operator, string? value) : FilterNode
{
    private RegexProgram? _regex;

    public int Position { get; } = position;

    public string[] Selector { get; } = selector;

    public FilterOperator Operator { get; } = @operator;

    /// <summary>Null for <see cref="FilterOperator.IsEmpty"/> and <see cref="FilterOperator.IsNotEmpty"/>, and for them only.</summary>
    public string? Value { get; } = value;

    public bool IsRegex => Operator is FilterOperator.Matches or FilterOperator.NotMatches;

    public string OperatorName => Operator switch
    {
        FilterOperator.Equal => "Equal",
        FilterOperator.NotEqual => "Not Equal",
        FilterOperator.In => "In",
        FilterOperator.NotIn => "Not In",
        FilterOperator.IsEmpty => "Is Empty",
        FilterOperator.IsNotEmpty => "Is Not Empty",
        FilterOperator.Matches => "Matches",
        _ => "Not Matches",
    };

    /// <summary>Compiled by the first schema that the expression is bound to, kept for the others.</summary>
    public RegexProgram Regex => _regex ??= RegexProgram.Compile(Value!);
}
