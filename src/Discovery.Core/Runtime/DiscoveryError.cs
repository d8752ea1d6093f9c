namespace Discovery;

/// <summary>The classes of expected trouble.</summary>
public enum DiscoveryError
{
    /// <summary>The request is malformed; the message names the field and the reason.</summary>
    InvalidRequest,

    /// <summary>The call context lacks a permission.</summary>
    PermissionDenied,

    /// <summary>The named object does not exist.</summary>
    NotFound,

    /// <summary>The entry belongs to another owner, whom the message names.</summary>
    OwnedByOther,

    /// <summary>No path leads to the requested datacenter.</summary>
    NoPathToDatacenter,

    /// <summary>No leader is known at the moment.</summary>
    NoLeader,

    /// <summary>A queue or table is at its limit; trying again later can succeed.</summary>
    Overloaded,

    /// <summary>The node is stopping or has stopped.</summary>
    Stopped,

    /// <summary>The node met a broken invariant and refuses work; its log and health say why.</summary>
    Faulted,

    /// <summary>The outcome of a write could not be learned.</summary>
    OutcomeUnknown,

    /// <summary>The data directory could not be read or written: a full disk, a missing permission; the message names the file.</summary>
    StorageFailed,

    /// <summary>No node was reached at any of the addresses given.</summary>
    PeerUnreachable,

    /// <summary>This server is a witness of the log and keeps no state to answer from; the message names who does.</summary>
    Witness,
}
