namespace Discovery.Runtime;

/// <summary>Keeps other nodes out of the data directory while this one has it: file <c>lock</c>.</summary>
/// <remarks>
/// Two nodes in one directory would be one node to the cluster, and each would delete what the other has written. The system lets go of
/// the file when the process ends, however it ends; that the file is there means nothing.
/// </remarks>
internal sealed class DataDirectoryLock : IDisposable
{
    public const string Name = "lock";

    private readonly IDisposable? _held;

    /// <summary>Takes the directory.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="directory">The directory; null or empty when there is none, and nothing is taken.</param>
    /// <exception cref="DiscoveryException">Another node has it, or the disk says no.</exception>
    public DataDirectoryLock(IFileSystem files, string? directory)
    {
        if (string.IsNullOrEmpty(directory))
        {
            return;
        }

        string full = Path.GetFullPath(directory);
        string path = Path.Combine(full, Name);
        try
        {
            files.CreateDirectory(full);
            _held = files.Lock(path);
        }
        catch (Exception e) when (DurableFile.IsStorageFailure(e))
        {
            throw DurableFile.Failed(path, e, WriteOutcome.NotApplied);
        }

        if (_held is null)
        {
            throw new DiscoveryException(
                DiscoveryError.StorageFailed,
                $"Data directory {full} is in use by another node. Stop that one, or give this one a directory of its own.",
                WriteOutcome.NotApplied);
        }
    }

    public void Dispose() => _held?.Dispose();
}
