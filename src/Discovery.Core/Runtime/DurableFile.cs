namespace Discovery.Runtime;

/// <summary>Replaces and deletes small files so that a crash at any moment leaves the old content or the new one.</summary>
internal static class DurableFile
{
    public const string TemporarySuffix = ".tmp";
    public const string DamagedSuffix = ".damaged";

    /// <summary>Returns when the disk has the new content under the name.</summary>
    /// <remarks>
    /// A temporary file is written and synced, takes the name, and the directory is synced. Before the renaming a failure leaves the old
    /// content; after it, nobody knows which of the two the disk will show.
    /// </remarks>
    /// <exception cref="DiscoveryException">The disk says no.</exception>
    public static void Replace(IFileSystem files, string path, ReadOnlySpan<byte> bytes)
    {
        string temporary = path + TemporarySuffix;
        bool isMoved = false;
        try
        {
            files.Write(temporary, bytes);
            files.Sync(temporary);
            files.Move(temporary, path);
            isMoved = true;
            files.SyncDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (IsStorageFailure(e))
        {
            if (!isMoved)
            {
                DeleteTemporary(files, temporary);
            }

            throw Failed(path, e, isMoved ? WriteOutcome.Unknown : WriteOutcome.NotApplied);
        }
    }

    /// <summary>Returns when the disk has no such file.</summary>
    /// <exception cref="DiscoveryException">The disk says no.</exception>
    public static void Delete(IFileSystem files, string path)
    {
        bool isDeleted = false;
        try
        {
            files.Delete(path);
            isDeleted = true;
            files.SyncDirectory(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (IsStorageFailure(e))
        {
            throw Failed(path, e, isDeleted ? WriteOutcome.Unknown : WriteOutcome.NotApplied);
        }
    }

    public static bool IsStorageFailure(Exception e) => e is IOException or UnauthorizedAccessException;

    public static DiscoveryException Failed(string path, Exception e, WriteOutcome outcome) =>
        new(DiscoveryError.StorageFailed, $"File {path} of the data directory could not be read or written: {e.Message}", outcome, e);

    // On a full disk the half-written file takes room that somebody needs; if it cannot go, the next start deletes it.
    private static void DeleteTemporary(IFileSystem files, string temporary)
    {
        try
        {
            files.Delete(temporary);
        }
        catch (Exception e) when (IsStorageFailure(e))
        {
        }
    }
}
