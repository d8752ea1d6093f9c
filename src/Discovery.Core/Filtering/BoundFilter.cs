using Discovery.Filtering;

namespace Discovery;

/// <summary>A filter that is ready for rows of one type.</summary>
/// <typeparam name="T">Type of the rows.</typeparam>
/// <remarks>Immutable and safe for concurrent use.</remarks>
public sealed class BoundFilter<T>
{
    private readonly FilterTest<T> _test;

    internal BoundFilter(FilterExpression expression, FilterTest<T> test)
    {
        Expression = expression;
        _test = test;
    }

    /// <summary>The filter that was bound.</summary>
    public FilterExpression Expression { get; }

    /// <summary>Whether a row passes. Allocates nothing, unless an accessor of the schema does.</summary>
    /// <param name="row">The row.</param>
    /// <returns>Whether the row passes.</returns>
    public bool Matches(T row) => _test.Matches(row);
}
