namespace Discovery.Testing;

/// <summary>What a correct system does when operations come one at a time.</summary>
/// <typeparam name="TState">The state; immutable, with value equality.</typeparam>
/// <typeparam name="TInput">What is asked.</typeparam>
/// <typeparam name="TOutput">What is answered.</typeparam>
public interface ISequentialModel<TState, TInput, TOutput>
    where TState : notnull
    where TInput : notnull
{
    /// <summary>The state before the first operation.</summary>
    TState Initial { get; }

    /// <summary>The part of the system that an operation touches; parts are checked apart. Null: the whole system is one part.</summary>
    string? PartOf(TInput input);

    /// <summary>Whether an operation that gave this answer cannot have changed any state; an unknown answer is the default.</summary>
    bool IsRead(TInput input, TOutput? output);

    /// <summary>Makes operations of unknown outcome equal where no answer can tell them apart, so that they are tried once only.</summary>
    /// <returns>As many operations, in the same order.</returns>
    IReadOnlyList<Operation<TInput, TOutput>> Simplify(IReadOnlyList<Operation<TInput, TOutput>> part) => part;

    /// <summary>Applies an operation whose answer is known.</summary>
    /// <returns>False when a correct system could not have given this answer in this state.</returns>
    bool TryApply(TState state, TInput input, TOutput output, out TState next);

    /// <summary>Applies an operation whose answer is unknown.</summary>
    TState ApplyUnknown(TState state, TInput input);
}
