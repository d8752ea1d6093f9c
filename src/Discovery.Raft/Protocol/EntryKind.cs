namespace Discovery.Protocol;

/// <summary>What an entry of the log holds; the numbers are on disk and on the wire.</summary>
internal enum EntryKind : byte
{
    /// <summary>Nothing: a new leader's first entry, by which it commits those of earlier terms.</summary>
    Empty = 1,

    /// <summary>An encoded <see cref="CommandEnvelope"/> for the state machine.</summary>
    Command = 2,

    /// <summary>An encoded <see cref="RaftConfiguration"/>, in force from the moment it is in a server's log.</summary>
    Configuration = 3,

    /// <summary>A piece of a snapshot that is being restored, or the word that it is whole.</summary>
    Restore = 4,

    /// <summary>No entry: what an operator asks of the leader, which goes the way of forwarded proposals and never into a log.</summary>
    Operation = 255,
}
