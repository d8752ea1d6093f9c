using Discovery.Protocol;
using Discovery.Storage;
using Microsoft.Extensions.Logging;

namespace Discovery.Driver;

/// <summary>Takes a snapshot when enough has been applied since the last one, and has the log before that last one dropped.</summary>
/// <remarks>
/// Enough is a number of entries, or of bytes: as many as the last snapshot has, should those be more. So no more is written for snapshots
/// than for the log. The log reaches back to the last snapshot but one, which is there should the last be damaged, and for servers that are
/// a little behind.
/// </remarks>
internal sealed class Snapshotter(RaftParts parts, RaftInbox inbox, DiskLoop disk)
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(10);

    private ulong _last = parts.Recovered.Snapshot?.Last.Index ?? 0;
    private ulong _saved = parts.Recovered.Snapshot?.Last.Index ?? 0;
    private long _bytes;
    private volatile bool _isBusy;

    /// <summary>Everything up to an index is in the state that is published now. Called by the loop that applies.</summary>
    public void OnApplied(ulong index, long bytes)
    {
        _bytes += bytes;
        if (!_isBusy && IsDue(index - _last))
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

    private bool IsDue(ulong entries) => entries >= parts.Options.SnapshotEntries
        || (_bytes >= parts.Options.SnapshotBytes && _bytes >= parts.Snapshots.NewestBytes);

    private async Task SaveAsync(SnapshotMeta meta, StateSnapshot? state)
    {
        try
        {
            long began = parts.Runtime.Time.GetTimestamp();
            await parts.Snapshots.SaveAsync(meta, state);
            ulong last = meta.Last.Index;
            ulong keepAfter = Math.Max(_saved, last - Math.Min(last, parts.Options.EntriesKept));
            _saved = last;
            inbox.Post((core, _) =>
            {
                LogPosition start = core.OnCompacted(keepAfter);
                disk.CompactTo(start.Index);
                long milliseconds = (long)parts.Runtime.Time.GetElapsedTime(began).TotalMilliseconds;
                Log.SnapshotTaken(parts.Logger, last, milliseconds, start.Index);
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
