namespace Discovery.Storage;

/// <summary>Where blocking work of the disk runs: what waits for one lane never waits for what the other does.</summary>
internal enum DiskLane
{
    /// <summary>The log: what a group of proposals waits for.</summary>
    Log,

    /// <summary>Segments that are made ahead.</summary>
    Ahead,

    /// <summary>Snapshots, which may take seconds.</summary>
    Snapshots,
}
