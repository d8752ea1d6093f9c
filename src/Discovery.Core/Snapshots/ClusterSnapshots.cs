using Discovery.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Discovery.Snapshots;

/// <summary>The facade of saving and restoring the state.</summary>
internal sealed class ClusterSnapshots(
    ICommandLog log,
    StateQueries queries,
    SnapshotParts parts,
    IOptions<ClusterSnapshotOptions> options,
    ILogger<ClusterSnapshots> logger) : IClusterSnapshots
{
    private int _open;
    private int _restoring;

    public async ValueTask<ClusterSnapshot> OpenAsync(QueryOptions? query = null, CancellationToken cancellationToken = default)
    {
        query ??= QueryOptions.Default;
        parts.Scope.Check(query.Context);
        if (Interlocked.Increment(ref _open) > options.Value.ConcurrentMax)
        {
            Release();
            throw new DiscoveryException(
                DiscoveryError.Overloaded,
                $"{options.Value.ConcurrentMax} snapshots are being written (ClusterSnapshotOptions.ConcurrentMax).");
        }

        try
        {
            QueryReply<StateSnapshot> reply = await queries.QueryAsync(
                static (snapshot, _) => snapshot,
                null,
                query with
                {
                    AfterIndex = 0,
                    Consistency = query.Consistency == ReadConsistency.Stale ? ReadConsistency.Stale : ReadConsistency.Consistent,
                },
                cancellationToken);
            long term = log.Leadership.Term;
            DateTimeOffset now = parts.Runtime.Time.GetUtcNow();
            var meta = new ArchiveMeta(
                $"{term}-{reply.Body.Index}-{now.ToUnixTimeMilliseconds()}", reply.Body.Index, term);
            var writer = new ArchiveWriter(reply.Body, meta, parts.Cluster.Configuration, options.Value, parts.Runtime.Time);
            return new ClusterSnapshot(writer, meta, (reply.LastContact, reply.IsLeaderKnown), Release);
        }
        catch
        {
            Release();
            throw;
        }
    }

    public async ValueTask<ulong> RestoreAsync(
        Stream archive, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(archive);
        context ??= CallContext.Local;
        parts.Scope.Check(context);
        log.StateMachine.RequireState();
        if (Interlocked.Exchange(ref _restoring, 1) != 0)
        {
            throw new DiscoveryException(
                DiscoveryError.Overloaded, "Another snapshot is being restored by this server.", WriteOutcome.NotApplied);
        }

        try
        {
            return await RestoreOnceAsync(archive, context, cancellationToken);
        }
        catch (DiscoveryException e)
        {
            Log.NotRestored(logger, e.Message);
            throw;
        }
        finally
        {
            Volatile.Write(ref _restoring, 0);
        }
    }

    private async ValueTask<ulong> RestoreOnceAsync(Stream archive, CallContext context, CancellationToken cancellationToken)
    {
        await using var reader = new ArchiveReader(archive, options.Value, parts.Runtime.Time);
        ArchiveMeta meta = await reader.OpenAsync(cancellationToken);
        Log.Restoring(logger, meta.Id, meta.Index, context.SourceAddress?.ToString() ?? "this process");
        ProposalResult result = await log.RestoreAsync(reader, parts.Ids.NewId(), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (result.Outcome != ProposalOutcome.Applied)
        {
            throw CommandClient.FailureOf(log, result);
        }

        Log.Restored(logger, meta.Id, result.Command.Index);
        return result.Command.Index;
    }

    private void Release() => Interlocked.Decrement(ref _open);
}
