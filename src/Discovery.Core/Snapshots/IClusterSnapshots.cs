namespace Discovery;

/// <summary>Saves the whole state of the cluster as one file, and puts such a file in the state's place.</summary>
/// <remarks>
/// The file is the archive that Consul's snapshots are: a gzipped tar of <c>meta.json</c>, <c>state.bin</c> and <c>SHA256SUMS</c>. Tools
/// that save, verify and inspect those work; the state in it is in this library's own form, as Consul's is in Consul's.
/// </remarks>
public interface IClusterSnapshots
{
    /// <summary>Takes hold of the state as it is now; nothing is written yet.</summary>
    /// <param name="options">
    /// Stale: this server's state, whatever it has missed. Otherwise the state after all that was acknowledged by now.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The state, which is kept in memory until this is disposed.</returns>
    /// <exception cref="DiscoveryException">There is no leader, or too many are taken now (<see cref="DiscoveryError.Overloaded"/>).
    /// </exception>
    ValueTask<ClusterSnapshot> OpenAsync(QueryOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Replaces the state of the whole cluster by that of an archive.</summary>
    /// <remarks>
    /// All or nothing, as one point of the log: every blocked query is answered, and every watch begins again. Nothing is changed before
    /// the whole archive has been read and its sums are right.
    /// </remarks>
    /// <param name="archive">The archive.</param>
    /// <param name="context">Who calls; goes into the log.</param>
    /// <param name="cancellationToken">Gives up before the point of no return.</param>
    /// <returns>The index at which the state was replaced.</returns>
    /// <exception cref="DiscoveryException">
    /// The archive is refused (<see cref="DiscoveryError.InvalidRequest"/>), another one is restored now
    /// (<see cref="DiscoveryError.Overloaded"/>), or it was not written; <see cref="DiscoveryException.WriteOutcome"/> says what is known.
    /// </exception>
    ValueTask<ulong> RestoreAsync(Stream archive, CallContext? context = null, CancellationToken cancellationToken = default);
}
