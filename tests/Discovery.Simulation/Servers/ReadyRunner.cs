using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>Carries out what a core asks for, in the order that its contract states.</summary>
internal sealed class ReadyRunner(IReadyTarget target)
{
    public void Run(RaftReady ready, ulong term)
    {
        foreach (RaftMessage message in ready.SendNow)
        {
            target.Send(message);
        }

        if (ready.NeedsDisk)
        {
            // Also a value with nothing to write waits for those before it: its messages tell of them.
            target.Write(Operations(ready), () =>
            {
                foreach (RaftMessage message in ready.SendAfterPersist)
                {
                    target.Send(message);
                }

                if (ready.HasWrites)
                {
                    target.Persisted(ready.Sequence);
                }
            });
        }

        if (ready.Install is { } meta)
        {
            target.Restore(meta);
        }

        if (ready.Apply.Count > 0)
        {
            target.Apply(ready.Apply);
        }

        foreach (LoadRequest load in ready.Loads)
        {
            target.Load(load);
        }

        foreach ((VoterId to, _) in ready.SendSnapshotTo)
        {
            target.SendSnapshot(to, term);
        }

        foreach (ReadAnswer answer in ready.Reads)
        {
            target.Answer(answer);
        }
    }

    private List<DiskOperation> Operations(RaftReady ready)
    {
        var operations = new List<DiskOperation>();
        if (ready.State is { } state)
        {
            operations.Add(new DiskOperation.SetState(state));
        }

        if (ready.Install is { } meta)
        {
            operations.Add(new DiskOperation.Install(meta, target.Received(meta)));
        }

        if (ready.TruncateAfter is { } end)
        {
            operations.Add(new DiskOperation.Truncate(end));
        }

        operations.AddRange(ready.Entries.Select(static entry => new DiskOperation.Append(entry)));
        return operations;
    }
}
