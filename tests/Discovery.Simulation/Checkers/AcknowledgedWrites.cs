using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>A write that a client was told of is committed then, and at the end it is where it was.</summary>
internal sealed class AcknowledgedWrites(CommittedEntries commits)
{
    private readonly Dictionary<int, (LogPosition At, ulong Content)> _proposed = [];
    private readonly List<(LogPosition At, ulong Content)> _acknowledged = [];

    public StateHashes? States { get; set; }

    public void OnProposed(int operation, LogPosition at, byte[] body) =>
        _proposed[operation] = (at, LogMatching.Content(new LogEntry(at.Index, at.Term, EntryKind.Command, body)));

    public void OnAcknowledged(int operation)
    {
        (LogPosition at, ulong content) = _proposed[operation];
        if (commits.TermOf(at.Index) != at.Term)
        {
            throw new SimulationFailure(nameof(AcknowledgedWrites), $"entry {Describe.At(at)} is acknowledged and not committed");
        }

        _acknowledged.Add((at, content));
    }

    public void Finish()
    {
        foreach ((LogPosition at, ulong content) in _acknowledged)
        {
            if (commits.TermOf(at.Index) != at.Term || States?.ContentOf(at.Index) != content)
            {
                throw new SimulationFailure(nameof(AcknowledgedWrites), $"entry {Describe.At(at)} was acknowledged and is lost");
            }
        }
    }
}
