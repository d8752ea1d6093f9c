namespace Discovery;

/// <summary>What becomes of the keys that a session holds when it ends.</summary>
public enum SessionBehavior
{
    /// <summary>They are let go and keep their values.</summary>
    Release = 0,

    /// <summary>They are deleted.</summary>
    Delete,
}
