namespace Discovery;

/// <summary>What an element of a watch is.</summary>
public enum KeyValueChangeKind
{
    /// <summary>The first one: everything as it is now.</summary>
    Initial = 0,

    /// <summary>What one write changed.</summary>
    Delta,

    /// <summary>What happened since the position is no longer known: everything as it is now.</summary>
    Resync,
}
