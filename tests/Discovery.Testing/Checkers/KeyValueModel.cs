namespace Discovery.Testing;

/// <summary>A register for each key, with get, put, compare-and-set and delete.</summary>
public sealed class KeyValueModel : ISequentialModel<KeyValueState, KeyValueInput, KeyValueOutput>
{
    private const string Unseen = "(never seen)";

    /// <inheritdoc />
    public KeyValueState Initial => new(null);

    /// <inheritdoc />
    public string? PartOf(KeyValueInput input) => input.Key;

    /// <inheritdoc />
    public bool IsRead(KeyValueInput input, KeyValueOutput? output) =>
        input.Verb == RegisterVerb.Get || (input.Verb == RegisterVerb.Cas && output is { Succeeded: false });

    /// <summary>Gives one common value to all writes of unknown outcome whose own value nobody read or expected.</summary>
    public IReadOnlyList<Operation<KeyValueInput, KeyValueOutput>> Simplify(
        IReadOnlyList<Operation<KeyValueInput, KeyValueOutput>> part)
    {
        HashSet<string?> seen = new(StringComparer.Ordinal);
        foreach (Operation<KeyValueInput, KeyValueOutput> operation in part)
        {
            seen.Add(operation.Input.Expected);
            seen.Add(operation.Output?.Value);
        }

        return [.. part.Select(o => o.Completed is null && o.Input.Value is not null && !seen.Contains(o.Input.Value)
            ? o with { Input = o.Input with { Value = Unseen } }
            : o)];
    }

    /// <inheritdoc />
    public bool TryApply(KeyValueState state, KeyValueInput input, KeyValueOutput output, out KeyValueState next)
    {
        next = state;
        switch (input.Verb)
        {
            case RegisterVerb.Get:
                return string.Equals(state.Value, output.Value, StringComparison.Ordinal);
            case RegisterVerb.Cas:
                next = ApplyUnknown(state, input);
                return output.Succeeded == string.Equals(state.Value, input.Expected, StringComparison.Ordinal);
            default:
                next = ApplyUnknown(state, input);
                return true;
        }
    }

    /// <inheritdoc />
    public KeyValueState ApplyUnknown(KeyValueState state, KeyValueInput input) => input.Verb switch
    {
        RegisterVerb.Put => new KeyValueState(input.Value),
        RegisterVerb.Delete => new KeyValueState(null),
        RegisterVerb.Cas when string.Equals(state.Value, input.Expected, StringComparison.Ordinal) => new KeyValueState(input.Value),
        _ => state,
    };
}
