namespace Discovery.Storage;

/// <summary>Trouble of the log or of a snapshot; the message names the file and the remedy.</summary>
internal sealed class StorageException : DiscoveryException
{
    private const string Failure =
        "The node refuses work until it is started again, because nobody knows what of the last writes is on the disk. "
        + "Look at the disk first.";

    private const string Remedy =
        "Nothing was changed. Move the node's raft directory away and start it without: it then joins as a new member and gets everything "
        + "from the others. Only a server that is alone is restored from a copy: among others an older copy lacks what this one "
        + "has acknowledged since.";

    private const int FullUnix = 28;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;
    private const int FullWindows = 112;
    private const int HandleFullWindows = 39;

    private StorageException(StorageTrouble trouble, string message, Exception? innerException = null)
        : base(DiscoveryError.StorageFailed, message, Outcome(trouble), innerException) => Trouble = trouble;

    public StorageTrouble Trouble { get; }

    /// <summary>The disk said no.</summary>
    public static StorageException Of(string path, Exception e) => e switch
    {
        StorageException known => known,
        IOException { HResult: var result } when IsFull(result) => new StorageException(
            StorageTrouble.Full,
            $"There is no room left on the disk of {path}. Make room; nothing is lost, and the node goes on by itself.",
            e),
        _ => new StorageException(
            StorageTrouble.Failed,
            $"{path} could not be read or written: {e.Message} {Failure}",
            e),
    };

    /// <summary>A sync failed: what was to be synced may be lost and still be readable, so that trying again proves nothing.</summary>
    public static StorageException SyncFailed(string path, Exception e) => new(
        StorageTrouble.Failed,
        $"{path} could not be synced: {e.Message} {Failure}",
        e);

    /// <summary>The store does not work any more, and this is why.</summary>
    public static StorageException Refused(StorageException fault) => new(fault.Trouble, fault.Message, fault);

    public static StorageException Closed(string path) => new(StorageTrouble.Closed, $"The log in {path} is closed.");

    public static StorageException Damaged(string path, long offset, string what) =>
        new(StorageTrouble.Damaged, $"{path} is damaged at offset {offset}: {what}. {Remedy}");

    public static StorageException OutOfReach(string path, string what) => new(StorageTrouble.OutOfReach, $"In {path} {what}. {Remedy}");

    public static StorageException Foreign(string path, string what, string remedy) =>
        new(StorageTrouble.Foreign, $"{path} {what}. Nothing was changed. {remedy}");

    public static StorageException Newer(string path) =>
        Foreign(path, "is of a newer format than this version reads", "Start the version that has written it, or a later one.");

    public static StorageException InUse(string path) => new(
        StorageTrouble.InUse, $"{path} is in use by another process. Stop that one, or give this node a directory of its own.");

    /// <summary>Whether the disk said no; everything else is a mistake of our own.</summary>
    public static bool IsOfTheDisk(Exception e) => e is IOException or UnauthorizedAccessException;

    private static bool IsFull(int result) =>
        (result & 0xFFFF) switch
        {
            FullUnix or QuotaLinux or QuotaMac => !OperatingSystem.IsWindows(),
            FullWindows or HandleFullWindows => OperatingSystem.IsWindows(),
            _ => false,
        };

    private static WriteOutcome Outcome(StorageTrouble trouble) =>
        trouble == StorageTrouble.Failed ? WriteOutcome.Unknown : WriteOutcome.NotApplied;
}
