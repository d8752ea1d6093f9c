using System.Threading.Channels;
using Discovery.Protocol;
using Discovery.Storage;

namespace Discovery.Driver;

/// <summary>Carries what the core asks of the disk there, in order; everything that waits is one group with one sync.</summary>
internal sealed class DiskLoop(RaftParts parts, RaftInbox inbox)
{
    private static readonly TimeSpan s_fullRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(200);

    private readonly Channel<DiskWork> _queue = Channel.CreateUnbounded<DiskWork>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<RaftReady> _group = [];

    public void Enqueue(DiskWork work) => _queue.Writer.TryWrite(work);

    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Writes until the queue is completed. A failed sync ends it, and with it the node's part in the cluster.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        // When nothing more comes, the synced end of the log goes to the disk too: until then damage of the last group looks like its loss.
        using ITimer idle = parts.Runtime.Time.CreateTimer(
            static state => ((DiskLoop)state!).Enqueue(DiskWork.Settle), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_queue.Reader.TryRead(out DiskWork? work))
            {
                if (work.Ready is { } ready)
                {
                    Take(ready);
                }
                else if (work == DiskWork.Settle)
                {
                    await OnceThereIsRoomAsync(parts.Log.SettleAsync, stopping);
                }
                else if (work.CompactTo is { } index)
                {
                    await FlushAsync(stopping);
                    await OnceThereIsRoomAsync(() => parts.Log.CompactToAsync(index), stopping);
                }
            }

            if (_group.Exists(static ready => ready.HasWrites))
            {
                idle.Change(s_idle, Timeout.InfiniteTimeSpan);
            }

            await FlushAsync(stopping);
        }
    }

    private void Take(RaftReady ready)
    {
        LogPosition? reset = null;
        if (ready.Install is { } install)
        {
            // The snapshot is on the disk already: a crash before this finds a log that does not lead up to it, and begins it anew.
            reset = install.Last;
        }

        if (ready.HasWrites)
        {
            parts.Log.Append(new LogBatch
            {
                State = ready.State,
                Reset = reset,
                TruncateAfter = ready.TruncateAfter,
                Entries = ready.Entries,
            });
        }

        _group.Add(ready);
    }

    private async Task FlushAsync(CancellationToken stopping)
    {
        if (_group.Count == 0)
        {
            return;
        }

        if (_group.Exists(static ready => ready.HasWrites))
        {
            await OnceThereIsRoomAsync(parts.Log.SyncThroughAsync, stopping);
        }

        foreach (RaftReady ready in _group)
        {
            foreach (RaftMessage message in ready.SendAfterPersist)
            {
                parts.Transport.Send(message);
            }
        }

        ulong sequence = _group[^1].Sequence;
        inbox.Post((core, now) => core.OnPersisted(sequence, now));
        _group.Clear();
    }

    // A full disk loses nothing: what could not be written is written once there is room. Meanwhile a leader steps down by its own rule.
    private async Task OnceThereIsRoomAsync(Func<Task> write, CancellationToken stopping)
    {
        for (bool isFull = false; ;)
        {
            try
            {
                await write();
                if (isFull)
                {
                    Log.DiskHasRoom(parts.Logger);
                }

                return;
            }
            catch (StorageException e) when (e.Trouble == StorageTrouble.Full && !stopping.IsCancellationRequested)
            {
                if (!isFull)
                {
                    isFull = true;
                    Log.DiskFull(parts.Logger, e.Message);
                }

                await Task.Delay(s_fullRetry, parts.Runtime.Time, stopping);
            }
        }
    }
}
