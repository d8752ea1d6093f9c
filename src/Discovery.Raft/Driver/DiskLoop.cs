using System.Threading.Channels;
using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Transport;

namespace Discovery.Driver;

/// <summary>Carries what the core asks of the disk there, in order; everything that waits is one group with one sync.</summary>
internal sealed class DiskLoop(LogStore log, IRaftSnapshots snapshots, IRaftTransport transport, RaftInbox inbox, NodeRuntime runtime)
{
    private static readonly TimeSpan FullRetry = TimeSpan.FromSeconds(1);

    private readonly Channel<DiskWork> _queue = Channel.CreateUnbounded<DiskWork>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<RaftReady> _group = [];

    /// <summary>Told while the disk is full, so that health and log can say so.</summary>
    public StorageException? Trouble { get; private set; }

    public void Enqueue(DiskWork work) => _queue.Writer.TryWrite(work);

    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Writes until the queue is completed. A failed sync ends it, and with it the node's part in the cluster.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (await _queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (_queue.Reader.TryRead(out DiskWork? work))
            {
                if (work.Ready is { } ready)
                {
                    await TakeAsync(ready, work, stopping);
                }
                else if (work.CompactTo is { } index)
                {
                    await FlushAsync(stopping);
                    await log.CompactToAsync(index);
                }
            }

            await FlushAsync(stopping);
        }
    }

    private async Task TakeAsync(RaftReady ready, DiskWork work, CancellationToken stopping)
    {
        LogPosition? reset = null;
        if (ready.Install is { } install)
        {
            // First the snapshot, then the log that begins after it: a crash between the two finds a log that does not lead up to the
            // newest snapshot, and begins it anew.
            await FlushAsync(stopping);
            work.Installed!.SetResult(await snapshots.PlaceAsync(install));
            reset = install.Last;
        }

        if (ready.HasWrites)
        {
            log.Append(new LogBatch { State = ready.State, Reset = reset, TruncateAfter = ready.TruncateAfter, Entries = ready.Entries });
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
            await SyncAsync(stopping);
        }

        foreach (RaftReady ready in _group)
        {
            foreach (RaftMessage message in ready.SendAfterPersist)
            {
                transport.Send(message);
            }
        }

        ulong sequence = _group[^1].Sequence;
        inbox.Post((core, now) => core.OnPersisted(sequence, now));
        _group.Clear();
    }

    // A full disk loses nothing: what could not be written is written once there is room. Meanwhile a leader steps down by its own rule.
    private async Task SyncAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await log.SyncAsync();
                Trouble = null;
                return;
            }
            catch (StorageException e) when (e.Trouble == StorageTrouble.Full && !stopping.IsCancellationRequested)
            {
                Trouble = e;
                await Task.Delay(FullRetry, runtime.Time, stopping);
            }
        }
    }
}
