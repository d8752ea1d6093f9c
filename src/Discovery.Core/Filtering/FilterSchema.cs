using System.Diagnostics.CodeAnalysis;
using Discovery.Filtering;

namespace Discovery;

/// <summary>The selectors of a row type: what a filter can ask about it. Made once with <see cref="FilterSchemaBuilder{T}"/>.</summary>
/// <typeparam name="T">Type of the rows.</typeparam>
/// <remarks>Immutable and safe for concurrent use.</remarks>
public sealed class FilterSchema<T>
{
    private readonly Dictionary<string, FilterField<T>> _fields;

    internal FilterSchema(Dictionary<string, FilterField<T>> fields) => _fields = fields;

    /// <summary>Makes a filter ready for rows of this type.</summary>
    /// <param name="expression">The parsed filter.</param>
    /// <returns>The bound filter.</returns>
    /// <exception cref="DiscoveryException">
    /// <see cref="DiscoveryError.InvalidRequest"/> with Consul's text: a selector that is not in the schema, an operator that its type does
    /// not have, a value that is no integer or boolean where one is compared, or a malformed regular expression.
    /// </exception>
    public BoundFilter<T> Bind(FilterExpression expression) =>
        TryBind(expression, out BoundFilter<T>? filter, out FilterError? error)
            ? filter
            : throw new DiscoveryException(DiscoveryError.InvalidRequest, error.Message);

    /// <summary>Makes a filter ready for rows of this type, without throwing.</summary>
    /// <param name="expression">The parsed filter.</param>
    /// <param name="filter">The bound filter.</param>
    /// <param name="error">What does not fit, as for <see cref="Bind(FilterExpression)"/>; its position is that of the match.</param>
    /// <returns>Whether the filter fits.</returns>
    public bool TryBind(
        FilterExpression expression, [NotNullWhen(true)] out BoundFilter<T>? filter, [NotNullWhen(false)] out FilterError? error)
    {
        ArgumentNullException.ThrowIfNull(expression);
        error = null;
        FilterTest<T>? test = expression.Root is null ? new ConstantTest<T>(true) : BindNode(expression.Root, expression.Text, ref error);
        filter = test is null ? null : new BoundFilter<T>(expression, test);
        error = test is null ? error! : null;
        return test is not null;
    }

    internal FilterTest<T>? BindField(ref FilterBinding binding)
    {
        if (!_fields.TryGetValue(binding.Name, out FilterField<T>? field))
        {
            binding.RefuseSelector();
            return null;
        }

        binding.Depth++;
        return field.Bind(ref binding);
    }

    private FilterTest<T>? BindNode(FilterNode node, string text, ref FilterError? error)
    {
        switch (node)
        {
            case FilterAll all:
                return BindParts(all.Parts, text, ref error) is { } allParts ? new AllTest<T>(allParts) : null;
            case FilterAny any:
                return BindParts(any.Parts, text, ref error) is { } anyParts ? new AnyTest<T>(anyParts) : null;
            case FilterNot not:
                return BindNode(not.Operand, text, ref error) is { } operand ? new NotTest<T>(operand) : null;
            default:
                FilterMatch match = (FilterMatch)node;
                FilterBinding binding = new(match);
                FilterTest<T>? test = BindField(ref binding);
                error = test is null ? new FilterScanner(text).At(match.Position, binding.Error!) : error;
                return test;
        }
    }

    private FilterTest<T>[]? BindParts(FilterNode[] parts, string text, ref FilterError? error)
    {
        FilterTest<T>[] tests = new FilterTest<T>[parts.Length];
        for (int at = 0; at < parts.Length; at++)
        {
            FilterTest<T>? test = BindNode(parts[at], text, ref error);
            if (test is null)
            {
                return null;
            }

            tests[at] = test;
        }

        return tests;
    }
}
