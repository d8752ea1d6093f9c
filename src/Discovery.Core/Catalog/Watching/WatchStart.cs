namespace Discovery;

/// <summary>Where a watch begins.</summary>
public enum WatchStart
{
    /// <summary>With one item that holds everything there is.</summary>
    Current = 0,

    /// <summary>With the first change after now.</summary>
    Now = 1,

    /// <summary>After <see cref="WatchOptions.ResumeFrom"/>.</summary>
    Resume = 2,
}
