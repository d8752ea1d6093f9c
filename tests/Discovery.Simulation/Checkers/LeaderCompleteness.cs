using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>A new leader has every entry that was committed before (the paper's figure 3).</summary>
/// <remarks>Logs match, so it is enough to look at the last of them.</remarks>
internal sealed class LeaderCompleteness(CommittedEntries commits)
{
    public void OnElected(Server server)
    {
        RaftCore core = server.Core!;
        LogPosition last = commits.Last;
        if (last.Term >= core.Term)
        {
            // A later leader has committed already: this one was elected before, and hears of it only now.
            return;
        }

        bool isThere = core.Last.Index >= last.Index
            && (core.Start.Index > last.Index || core.DescribeSnapshot(last.Index).Last.Term == last.Term);
        if (!isThere)
        {
            throw new SimulationFailure(
                nameof(LeaderCompleteness),
                $"s{server.Number} leads in term {core.Term} with a log up to {Describe.At(core.Last)}, and {Describe.At(last)} is "
                + "committed");
        }
    }
}
