namespace Discovery;

/// <summary>What an item of a watch is.</summary>
public enum ServiceChangeKind
{
    /// <summary>Everything there is, at the beginning of the watch.</summary>
    Current = 0,

    /// <summary>What has changed since the item before.</summary>
    Delta = 1,

    /// <summary>Everything there is, because the changes since the item before are no longer known.</summary>
    Resync = 2,
}
