using Discovery.Protocol;
using Discovery.Storage;
using Microsoft.Extensions.Logging;

namespace Discovery.Driver;

/// <summary>Takes a snapshot when enough has been applied since the last one, and has the log before that last one dropped.</summary>
/// <remarks>
/// Enough is a number of bytes, or as many as the last snapshot has, should those be more; or a number of entries that have an eighth of
/// that at least. So little more is written for snapshots than for the log. The log reaches back to the last snapshot but one, which is
/// there should the last be damaged, and for servers that are a little behind; not so when the disk is full.
/// </remarks>
internal sealed class Snapshotter(RaftParts parts, RaftInbox inbox, DiskLoop disk, CancellationToken stopping)
{
    private const int EntriesShare = 8;
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

    /// <summary>The disk is full: the log need reach back no further than to the last snapshot.</summary>
    public void MakeRoom() => inbox.Post((core, _) => disk.CompactTo(core.OnCompacted(Volatile.Read(ref _saved)).Index));

    private bool IsDue(ulong entries)
    {
        if (entries < parts.Options.SnapshotEntries && _bytes < parts.Options.SnapshotBytes)
        {
            return false;
        }

        long newest = parts.Snapshots.NewestBytes;
        return _bytes >= (entries >= parts.Options.SnapshotEntries ? newest / EntriesShare : newest);
    }

    /// <summary>The state was replaced by a snapshot of the leader's, which is on the disk. Called by the loop that applies.</summary>
    public void OnInstalled(ulong index)
    {
        (_last, _bytes) = (index, 0);
        Volatile.Write(ref _saved, Math.Max(index, Volatile.Read(ref _saved)));
    }

    // One that fails is tried again as it is, until it is there or this server stops: the log is not dropped before.
    private async Task SaveAsync(SnapshotMeta meta, StateSnapshot? state)
    {
        for (bool isTold = false; meta.Last.Index > Volatile.Read(ref _saved) && !await TrySaveAsync(meta, state, isTold); isTold = true)
        {
            try
            {
                await Task.Delay(s_retry, parts.Runtime.Time, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }

        _isBusy = false;
    }

    private async Task<bool> TrySaveAsync(SnapshotMeta meta, StateSnapshot? state, bool isTold)
    {
        long began = parts.Runtime.Time.GetTimestamp();
        try
        {
            await parts.Snapshots.SaveAsync(meta, state);
        }
        catch (Exception e)
        {
            if (!isTold)
            {
                Log.SnapshotFailed(parts.Logger, e);
            }

            if (e is StorageException { Trouble: StorageTrouble.Full })
            {
                MakeRoom();
            }

            return false;
        }

        ulong last = meta.Last.Index;
        ulong keepAfter = Math.Max(Volatile.Read(ref _saved), last - Math.Min(last, parts.Options.EntriesKept));
        Volatile.Write(ref _saved, Math.Max(last, Volatile.Read(ref _saved)));
        inbox.Post((core, _) =>
        {
            LogPosition start = core.OnCompacted(keepAfter);
            disk.CompactTo(start.Index);
            long milliseconds = (long)parts.Runtime.Time.GetElapsedTime(began).TotalMilliseconds;
            Log.SnapshotTaken(parts.Logger, last, milliseconds, start.Index);
        });
        return true;
    }
}
