namespace Discovery.Transport;

/// <summary>What one server asks another while a cluster forms; the numbers are on the wire.</summary>
internal enum FormationStep : byte
{
    /// <summary>Nothing: this is an answer.</summary>
    Answer = 0,

    /// <summary>Not to go along with any earlier attempt, and to tell what was accepted.</summary>
    Prepare = 1,

    /// <summary>To accept these members.</summary>
    Accept = 2,
}
