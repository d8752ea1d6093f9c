namespace Discovery.Testing;

/// <summary>What a checker found.</summary>
public enum CheckVerdict
{
    /// <summary>The history is legal.</summary>
    Ok,

    /// <summary>The history is not legal.</summary>
    Violation,

    /// <summary>The budget ran out before an answer; never to be taken for <see cref="Ok"/>.</summary>
    Undecided,
}
