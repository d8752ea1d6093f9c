namespace Discovery;

/// <summary>Why a session was not created.</summary>
public enum SessionRefusal
{
    /// <summary>It was created.</summary>
    None = 0,

    /// <summary>The node is not in the catalog.</summary>
    NodeUnknown,

    /// <summary>A check is not in the catalog; the subject is its id.</summary>
    CheckUnknown,

    /// <summary>A check is critical; the subject is its id.</summary>
    CheckCritical,

    /// <summary>A session has this id already.</summary>
    IdTaken,
}
