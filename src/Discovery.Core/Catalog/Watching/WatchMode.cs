namespace Discovery;

/// <summary>What a watcher gets of changes that came between two of its reads.</summary>
public enum WatchMode
{
    /// <summary>Their net effect in one item.</summary>
    Latest = 0,

    /// <summary>Each of them, in order, one item per index.</summary>
    Every = 1,
}
