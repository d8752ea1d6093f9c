namespace Discovery.Transport;

/// <summary>What a frame carries; the numbers are on the wire, in five bits.</summary>
internal enum FrameType : byte
{
    /// <summary>Nothing but the news that the sender is there.</summary>
    Alive = 1,

    /// <summary>A message of the protocol.</summary>
    Message = 2,

    /// <summary>A forwarded proposal.</summary>
    Proposal = 3,

    /// <summary>The answer to one.</summary>
    ProposalAnswer = 4,

    /// <summary>What a snapshot stands for: an encoded <see cref="Protocol.InstallSnapshot"/>.</summary>
    SnapshotHead = 5,

    /// <summary>Bytes of a snapshot.</summary>
    SnapshotBytes = 6,

    /// <summary>The end of a snapshot: its length (8) and its CRC-32C (4).</summary>
    SnapshotEnd = 7,

    /// <summary>Nothing when the receiver has the snapshot whole on its disk; otherwise why not, as text.</summary>
    SnapshotAnswer = 8,
}
