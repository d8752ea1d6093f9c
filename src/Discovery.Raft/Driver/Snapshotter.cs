using Discovery.Protocol;
using Discovery.Storage;
using Microsoft.Extensions.Logging;

namespace Discovery.Driver;

/// <summary>Takes a snapshot when enough has been applied since the last one, and has the log before it dropped.</summary>
internal sealed class Snapshotter(RaftParts parts, RaftInbox inbox, DiskLoop disk)
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(10);

    private ulong _last = parts.Recovered.Snapshot?.Last.Index ?? 0;
    private long _bytes;
    private volatile bool _isBusy;

    /// <summary>Everything up to an index is in the state that is published now. Called by the loop that applies.</summary>
    public void OnApplied(ulong index, long bytes)
    {
        _bytes += bytes;
        bool isDue = _bytes >= parts.Options.SnapshotBytes || index - _last >= parts.Options.SnapshotEntries;
        if (isDue && !_isBusy)
        {
            _isBusy = true;
            (_last, _bytes) = (index, 0);
            StateSnapshot? state = parts.StateMachine.KeepsState ? parts.StateMachine.Current : null;
            inbox.Post((core, _) =>
            {
                // A snapshot of the leader may have taken the place of all that was there.
                if (index < core.Start.Index)
                {
                    _isBusy = false;
                    return;
                }

                SnapshotMeta meta = core.DescribeSnapshot(index);
                parts.Runtime.Start(() => SaveAsync(meta, state));
            });
        }
    }

    private async Task SaveAsync(SnapshotMeta meta, StateSnapshot? state)
    {
        try
        {
            long began = parts.Runtime.Time.GetTimestamp();
            await parts.Snapshots.SaveAsync(meta, state);
            ulong keepAfter = meta.Last.Index > parts.Options.EntriesKept ? meta.Last.Index - parts.Options.EntriesKept : 0;
            inbox.Post((core, _) =>
            {
                LogPosition start = core.OnCompacted(keepAfter);
                disk.Enqueue(new DiskWork { CompactTo = start.Index });
                long milliseconds = (long)parts.Runtime.Time.GetElapsedTime(began).TotalMilliseconds;
                Log.SnapshotTaken(parts.Logger, meta.Last.Index, milliseconds, start.Index);
            });
        }
        catch (StorageException e)
        {
            Log.SnapshotFailed(parts.Logger, e);
            await Task.Delay(s_retry, parts.Runtime.Time);
        }

        _isBusy = false;
    }
}
