namespace Discovery.Transport;

/// <summary>Why a connection is refused; the numbers are on the wire.</summary>
internal enum HelloRefusal : byte
{
    /// <summary>It is not refused.</summary>
    None = 0,

    /// <summary>The two belong to different clusters.</summary>
    OtherCluster = 1,

    /// <summary>The two speak different formats: one of them is of another version.</summary>
    OtherFormat = 2,

    /// <summary>The one who connects has the node id of the one it connects to.</summary>
    SameNode = 3,

    /// <summary>Another node is at this address than the one that was meant.</summary>
    OtherNode = 4,

    /// <summary>The node has another log than the one that was meant: its disk was replaced.</summary>
    OtherLog = 5,

    /// <summary>The node's log is not open.</summary>
    NotReady = 6,

    /// <summary>A snapshot is on its way to the node already.</summary>
    Busy = 7,

    /// <summary>What was said is no hello.</summary>
    Malformed = 8,

    /// <summary>The other side speaks TLS and this one does not, or the other way round. Never on the wire.</summary>
    OtherSecurity = 9,
}
