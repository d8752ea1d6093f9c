using Discovery.Protocol;

namespace Discovery.Driver;

/// <summary>Knows the order in which a value of the core is carried out.</summary>
/// <remarks>
/// 1. What does not rely on the disk is sent at once, a leader's entries too: its disk and those of the others work side by side.
/// 2. What must be written goes to the disk's queue; what tells of it goes the same way, behind it, also when it brings nothing to write,
///    for it may tell of what an earlier value brought.
/// 3. A snapshot takes the place of the state before any entry after it is applied.
/// 4. Committed entries are applied, whether this server's own disk has them or not: others have promised not to forget them.
/// </remarks>
internal sealed class ReadyProcessor(RaftParts parts, DiskLoop disk, Applier applier, RaftReads reads, Loader loader)
{
    public void Process(RaftReady ready)
    {
        foreach (RaftMessage message in ready.SendNow)
        {
            parts.Transport.Send(message);
        }

        if (ready.NeedsDisk)
        {
            disk.Enqueue(ready);
        }

        if (ready.Install is { } install)
        {
            Task<StateSnapshot>? state = parts.StateMachine.KeepsState ? parts.Snapshots.ReadAsync(install) : null;
            applier.Enqueue(new ApplyWork { Install = install, State = state });
        }

        if (ready.Apply.Count > 0)
        {
            applier.Enqueue(new ApplyWork { Entries = ready.Apply });
        }

        foreach (LoadRequest load in ready.Loads)
        {
            loader.Load(load);
        }

        foreach (RaftMember peer in ready.SendSnapshotTo)
        {
            loader.SendSnapshot(peer, ready.Term);
        }

        foreach (ReadAnswer answer in ready.Reads)
        {
            reads.Answer(answer);
        }
    }
}
