using Discovery.Snapshots;

namespace Discovery;

/// <summary>The state of the cluster at one index, ready to be written. It is kept in memory until this is disposed.</summary>
public sealed class ClusterSnapshot : IDisposable
{
    private readonly ArchiveWriter _writer;
    private Action? _release;

    internal ClusterSnapshot(ArchiveWriter writer, ArchiveMeta meta, (TimeSpan LastContact, bool IsLeaderKnown) contact, Action release)
    {
        _writer = writer;
        Id = meta.Id;
        Index = meta.Index;
        Term = meta.Term;
        LastContact = contact.LastContact;
        IsLeaderKnown = contact.IsLeaderKnown;
        _release = release;
    }

    /// <summary>Its name: term, index and time.</summary>
    public string Id { get; }

    /// <summary>The index of the last command in it.</summary>
    public ulong Index { get; }

    /// <summary>The term in which it was taken.</summary>
    public long Term { get; }

    /// <summary>How long ago this server had heard from the leader; zero when it made sure that nothing is missing.</summary>
    public TimeSpan LastContact { get; }

    /// <summary>Whether a leader was known.</summary>
    public bool IsLeaderKnown { get; }

    /// <summary>Writes the archive, piece by piece; what is held meanwhile does not depend on its size.</summary>
    /// <param name="output">Where it goes; whoever takes too long ends it (<see cref="ClusterSnapshotOptions.StallTimeout"/>).</param>
    /// <param name="cancellationToken">Ends the writing; what is there by then is no archive.</param>
    /// <exception cref="DiscoveryException">The other side takes nothing (<see cref="DiscoveryError.Overloaded"/>).</exception>
    public Task WriteToAsync(Stream output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _release) is null, this);
        return _writer.WriteAsync(output, cancellationToken);
    }

    /// <summary>Lets go of the state.</summary>
    public void Dispose() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
