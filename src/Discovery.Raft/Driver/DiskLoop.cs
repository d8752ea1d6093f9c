using System.Collections.Concurrent;
using Discovery.Protocol;
using Discovery.Storage;

namespace Discovery.Driver;

/// <summary>Carries what the core asks of the disk there, in order; everything that waits is one group with one sync.</summary>
internal sealed class DiskLoop
{
    private static readonly TimeSpan s_fullRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_idle = TimeSpan.FromMilliseconds(200);

    private readonly RaftParts _parts;
    private readonly RaftInbox _inbox;
    private readonly ConcurrentQueue<RaftReady> _queue = new();
    private readonly List<RaftReady> _group = [];
    private readonly AsyncSignal _signal = new(wakesInline: true);
    private readonly Action _wake;
    private int _isWoken;
    private bool _isComplete;
    private bool _mustSettle;
    private ulong _compactTo;
    private string? _trouble;

    public DiskLoop(RaftParts parts, RaftInbox inbox)
    {
        _parts = parts;
        _inbox = inbox;
        _wake = _signal.Set;
    }

    /// <summary>Called when the disk is found full.</summary>
    public Action? Full { get; set; }

    /// <summary>Why nothing can be written at present; null while all is well.</summary>
    public string? Trouble => Volatile.Read(ref _trouble);

    /// <summary>Has something written, and sent after it, unless the loop is to end.</summary>
    /// <remarks>While nothing can be written, what is only to be sent is not kept: the others ask again.</remarks>
    public void Enqueue(RaftReady ready)
    {
        if (!Volatile.Read(ref _isComplete) && (ready.HasWrites || Trouble is null))
        {
            _queue.Enqueue(ready);
            Wake();
        }
    }

    /// <summary>Has dropped what is applied and on the disk, up to an index, also while a write waits for room.</summary>
    public void CompactTo(ulong index)
    {
        Interlocked.Exchange(ref _compactTo, index);
        Wake();
    }

    /// <summary>Has the loop end once it has done what was enqueued.</summary>
    public void Complete()
    {
        Volatile.Write(ref _isComplete, true);
        Wake();
    }

    /// <summary>Writes until it is told that there is no more. A failed sync ends it, and with it the node's part in the cluster.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        // When nothing more comes, the synced end of the log goes to the disk too: until then damage of the last group looks like its loss.
        using ITimer idle = _parts.Runtime.Time.CreateTimer(
            static state => ((DiskLoop)state!).OnIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (true)
        {
            Interlocked.Exchange(ref _isWoken, 0);
            bool isLast = Volatile.Read(ref _isComplete);
            ulong compactTo = TakeQueue();
            if (Interlocked.Exchange(ref _mustSettle, false))
            {
                await OnceThereIsRoomAsync(_parts.Log.SettleAsync, stopping);
            }

            if (_group.Exists(static ready => ready.HasWrites))
            {
                idle.Change(s_idle, Timeout.InfiniteTimeSpan);
            }

            await FlushAsync(stopping);
            if (compactTo > 0)
            {
                await OnceThereIsRoomAsync(() => CompactAsync(compactTo), stopping);
            }

            if (isLast)
            {
                return;
            }

            await _signal.WaitAsync(CancellationToken.None);
        }
    }

    private void OnIdle()
    {
        Volatile.Write(ref _mustSettle, true);
        Wake();
    }

    // What is to be dropped, once the log knows of everything that was decided before: it may cut or begin anew what is dropped.
    private ulong TakeQueue()
    {
        ulong compactTo = Volatile.Read(ref _compactTo);
        while (_queue.TryDequeue(out RaftReady? ready))
        {
            Take(ready);
        }

        return compactTo;
    }

    private async Task CompactAsync(ulong index)
    {
        if (index > 0)
        {
            await _parts.Log.CompactToAsync(index);
            Interlocked.CompareExchange(ref _compactTo, 0, index);
        }
    }

    // The loop goes on where the log is written: nobody is woken to wake another. When that is closed already, it finds that out elsewhere.
    private void Wake()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) == 0 && !_parts.Log.TryPost(_wake))
        {
            _ = _parts.Runtime.Start(() =>
            {
                _signal.Set();
                return Task.CompletedTask;
            });
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
            _parts.Log.Append(new LogBatch
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
            await OnceThereIsRoomAsync(_parts.Log.SyncThroughAsync, stopping);
        }

        foreach (RaftReady ready in _group)
        {
            foreach (RaftMessage message in ready.SendAfterPersist)
            {
                _parts.Transport.Send(message);
            }
        }

        ulong sequence = _group[^1].Sequence;
        _inbox.Post((core, now) => core.OnPersisted(sequence, now));
        _group.Clear();
    }

    // A full disk loses nothing: what could not be written is written once there is room. Meanwhile a leader steps down by its own rule.
    // What a snapshot covers may be dropped all the same, and makes room.
    private async Task OnceThereIsRoomAsync(Func<Task> write, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                if (Trouble is not null)
                {
                    await CompactAsync(TakeQueue());
                }

                await write();
                if (Trouble is not null)
                {
                    Volatile.Write(ref _trouble, null);
                    Log.DiskHasRoom(_parts.Logger);
                }

                return;
            }
            catch (StorageException e) when (e.Trouble == StorageTrouble.Full)
            {
                if (Trouble is null)
                {
                    Volatile.Write(ref _trouble, e.Message);
                    Log.DiskFull(_parts.Logger, e.Message);
                    Full?.Invoke();
                }

                await Task.Delay(s_fullRetry, _parts.Runtime.Time, stopping);
            }
        }
    }
}
