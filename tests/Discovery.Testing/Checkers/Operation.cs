namespace Discovery.Testing;

/// <summary>One operation of a history.</summary>
/// <typeparam name="TInput">What was asked.</typeparam>
/// <typeparam name="TOutput">What was answered.</typeparam>
/// <param name="Client">Who asked.</param>
/// <param name="Input">What was asked.</param>
/// <param name="Invoked">When, in the order of the history's events.</param>
public sealed record Operation<TInput, TOutput>(int Client, TInput Input, long Invoked)
{
    /// <summary>When the answer came; null when the outcome is unknown: it may take effect at any later time, or never.</summary>
    public long? Completed { get; init; }

    /// <summary>The answer; without meaning when the outcome is unknown.</summary>
    public TOutput? Output { get; init; }
}
