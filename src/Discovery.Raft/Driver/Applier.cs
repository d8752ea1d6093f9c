using System.Threading.Channels;
using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>Applies what is committed, beside the driver: one loop, bounded by what the core hands out.</summary>
/// <remarks>The index of the state is the entry's own, or ahead of it since a restore: <see cref="StateSnapshot.Ahead"/>.</remarks>
internal sealed class Applier(
    StateMachine stateMachine,
    PendingProposals pending,
    (IndexWaiters Log, IndexWaiters State) waiters,
    RaftInbox inbox,
    Snapshotter snapshotter)
{
    private readonly Channel<ApplyWork> _queue = Channel.CreateUnbounded<ApplyWork>(new UnboundedChannelOptions { SingleReader = true });
    private readonly RestoreAssembly _restore = new();
    private readonly List<StateEntry> _commands = [];
    private readonly List<LogPosition> _positions = [];
    private long _bytes;

    /// <summary>How far the index of the state is ahead of the log's; a witness has no state, and waits by the log's.</summary>
    public ulong Ahead => stateMachine.KeepsState ? stateMachine.Current.Ahead : 0;

    public void Enqueue(ApplyWork work) => _queue.Writer.TryWrite(work);

    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Applies until the queue is completed. A broken invariant ends it, and with it the node's part in the cluster.</summary>
    public async Task RunAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            ulong last = 0;
            while (_queue.Reader.TryRead(out ApplyWork? work))
            {
                last = work.Install is { } install ? await InstallAsync(install, work.State) : Apply(work.Entries);
            }

            Flush();
            waiters.Log.Reach(last);
            waiters.State.Reach(last + Ahead);
            inbox.Post((core, now) => core.OnApplied(last, now));
            if (_restore.First is null)
            {
                snapshotter.OnApplied(last, _bytes);
                _bytes = 0;
            }
        }
    }

    private async Task<ulong> InstallAsync(SnapshotMeta install, Task<StateSnapshot>? state)
    {
        Flush();
        pending.Forget(ProposalRefusal.LeadershipLost);
        _restore.Clear();
        if (state is not null)
        {
            stateMachine.Install(await state);
        }

        _bytes = 0;
        snapshotter.OnInstalled(install.Last.Index);
        return install.Last.Index;
    }

    private ulong Apply(IReadOnlyList<LogEntry> entries)
    {
        foreach (LogEntry entry in entries)
        {
            _bytes += entry.Cost;
            if (!stateMachine.KeepsState)
            {
                // A witness's: without a body, and there is nothing to change.
                continue;
            }

            _restore.OnEntry(entry);
            switch (entry.Kind)
            {
                case EntryKind.Command:
                    _commands.Add(new StateEntry(entry.Index + Ahead, entry.Body));
                    _positions.Add(new LogPosition(entry.Index, entry.Term));
                    break;
                case EntryKind.Restore:
                    Flush();
                    Restore(entry);
                    break;
                default:
                    break;
            }
        }

        return entries[^1].Index;
    }

    private void Flush()
    {
        if (_commands.Count == 0)
        {
            return;
        }

        var outcomes = new CommandOutcome[_commands.Count];
        stateMachine.Apply(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_commands), outcomes);
        for (int i = 0; i < outcomes.Length; i++)
        {
            pending.Applied(_positions[i], outcomes[i]);
        }

        _commands.Clear();
        _positions.Clear();
    }

    private void Restore(in LogEntry entry)
    {
        CommandStatus status = _restore.Accept(entry, stateMachine) ? CommandStatus.Applied : CommandStatus.MalformedBody;
        ulong index = entry.Index + Ahead;
        pending.Applied(new LogPosition(entry.Index, entry.Term), new CommandOutcome(index, status, default));
    }
}
