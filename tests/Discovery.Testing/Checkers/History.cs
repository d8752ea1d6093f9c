namespace Discovery.Testing;

/// <summary>Records operations as they begin and end.</summary>
public sealed class History<TInput, TOutput>
{
    private readonly Lock _lock = new();
    private readonly List<Operation<TInput, TOutput>> _operations = [];
    private long _clock;

    /// <summary>The operations so far, in the order of their beginnings; one that has not ended counts as of unknown outcome.</summary>
    public IReadOnlyList<Operation<TInput, TOutput>> Operations
    {
        get
        {
            lock (_lock)
            {
                return [.. _operations];
            }
        }
    }

    /// <summary>An operation begins.</summary>
    /// <returns>Its number, for <see cref="Complete"/>.</returns>
    public int Invoke(int client, TInput input)
    {
        lock (_lock)
        {
            _operations.Add(new Operation<TInput, TOutput>(client, input, ++_clock));
            return _operations.Count - 1;
        }
    }

    /// <summary>An operation was answered.</summary>
    public void Complete(int operation, TOutput output)
    {
        lock (_lock)
        {
            _operations[operation] = _operations[operation] with { Completed = ++_clock, Output = output };
        }
    }
}
