using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>What any server takes for committed is the same on all, and no server's commit index goes back while it runs.</summary>
internal sealed class CommittedEntries(World world)
{
    private readonly List<ulong> _terms = [0];

    /// <summary>The last entry that is known to be committed.</summary>
    public LogPosition Last => new((ulong)_terms.Count - 1, _terms[^1]);

    /// <summary>The term of a committed entry, or 0.</summary>
    public ulong TermOf(ulong index) => index < (ulong)_terms.Count ? _terms[(int)index] : 0;

    public void OnCommit(Server server, ulong before)
    {
        RaftCore core = server.Core!;
        if (core.Commit < before)
        {
            throw new SimulationFailure("Monotonic", $"s{server.Number} goes back from commit {before} to {core.Commit}");
        }

        for (ulong index = before + 1; index <= core.Commit; index++)
        {
            if (!TryFindTerm(server, index, out ulong term))
            {
                // A snapshot brought it: what it covers was checked where it was taken.
                continue;
            }

            if (index < (ulong)_terms.Count)
            {
                if (_terms[(int)index] != term)
                {
                    throw new SimulationFailure(
                        nameof(CommittedEntries),
                        $"s{server.Number} commits {index}@{term}, and {index}@{_terms[(int)index]} is committed");
                }
            }
            else if (index == (ulong)_terms.Count)
            {
                _terms.Add(term);
                Count(server, index);
            }
            else
            {
                throw new SimulationFailure(
                    nameof(CommittedEntries),
                    $"s{server.Number} commits {index} before anybody has committed {_terms.Count}");
            }
        }
    }

    private void Count(Server server, ulong index)
    {
        if (server.IsLeader && server.Core!.IsSingleCopy)
        {
            world.Coverage.Count("single-copy commits");
        }

        if (server.Disk.View.TryFind(index, out LogEntry entry) && entry.Kind == EntryKind.Configuration)
        {
            bool isJoint = RaftConfiguration.TryDecode(entry.Body.Span, out RaftConfiguration read) && read.IsJoint;
            world.Coverage.Count(isJoint ? "joint configurations committed" : "configurations committed");
            if (!isJoint && !read.Contains(server.Id) && server.IsLeader)
            {
                world.Coverage.Count("leaders removed");
            }
        }
    }

    private static bool TryFindTerm(Server server, ulong index, out ulong term)
    {
        bool isInLog = index >= server.Core!.Start.Index;
        term = isInLog ? server.Core.DescribeSnapshot(index).Last.Term : 0;
        return isInLog;
    }
}
