namespace Discovery.Runtime;

/// <summary>The disk as a node sees it; tests put a disk in place that fills up, fails and loses what was not synced.</summary>
/// <remarks>Every call throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when the disk says no.</remarks>
internal interface IFileSystem
{
    /// <summary>Makes a directory and those above it; nothing happens when it is there.</summary>
    void CreateDirectory(string path);

    /// <summary>The names of the files in a directory, in ordinal order.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>Whether there is a file.</summary>
    bool Exists(string path);

    byte[] Read(string path);

    /// <summary>Writes a file from its beginning, readable by its owner only; what was in it is gone.</summary>
    void Write(string path, ReadOnlySpan<byte> bytes);

    /// <summary>Returns when the bytes of a file are on the disk.</summary>
    void Sync(string path);

    /// <summary>Renames a file; one that has the new name is replaced in the same moment.</summary>
    void Move(string from, string to);

    /// <summary>Deletes a file; nothing happens when there is none.</summary>
    void Delete(string path);

    /// <summary>Returns when the names in a directory are on the disk.</summary>
    void SyncDirectory(string path);

    /// <summary>Has a file, made if there is none, for this one alone until the result is disposed; null when another has it.</summary>
    IDisposable? Lock(string path);
}
