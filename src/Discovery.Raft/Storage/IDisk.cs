namespace Discovery.Storage;

/// <summary>The disk as log and snapshots see it; tests put one in place that tears, loses, damages, fills up and stalls.</summary>
/// <remarks>
/// Every call but those that run work may block, and is made inside of the work that <see cref="RunAsync"/> was given. A disk that
/// says no throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
/// </remarks>
internal interface IDisk
{
    /// <summary>Runs work off the caller's thread. The work of one lane runs one after another, in the order of these calls.</summary>
    Task<T> RunAsync<T>(DiskLane lane, Func<Task<T>> work);

    /// <summary>The same, for callers that do nothing that blocks when it is done: what they do then may run in the lane itself.</summary>
    Task<T> RunThroughAsync<T>(DiskLane lane, Func<Task<T>> work) => RunAsync(lane, work);

    /// <summary>Has something done in a lane that does not throw, and waits for nothing but what it asks of the same lane: that may be done
    /// at once. False when the disk is closed.</summary>
    bool TryPost(DiskLane lane, Action work);

    /// <summary>Makes a directory and those above it; nothing happens when it is there.</summary>
    void CreateDirectory(string path);

    /// <summary>The names of the files in a directory, in ordinal order.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Opens a file that is there.</summary>
    IDiskFile Open(string path);

    /// <summary>Makes an empty file, readable by its owner only; what was under the name is gone.</summary>
    IDiskFile Create(string path);

    /// <summary>Renames a file; one that has the new name is replaced in the same moment.</summary>
    void Move(string from, string to);

    /// <summary>Deletes a file; nothing happens when there is none.</summary>
    void Delete(string path);

    /// <summary>Completes when the names in a directory are on the disk.</summary>
    ValueTask SyncDirectoryAsync(string path);

    /// <summary>Has a file, made if there is none, for this one alone until the result is disposed; null when another has it.</summary>
    IDisposable? Lock(string path);
}
