using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>
/// Every server that has applied an index has the same state, and applies every entry once, in order, when it is
/// committed.
/// </summary>
internal sealed class StateHashes(CommittedEntries commits)
{
    private readonly Dictionary<ulong, ulong> _hashes = [];
    private readonly Dictionary<ulong, ulong> _contents = [];

    /// <summary>What was applied at an index, or 0.</summary>
    public ulong ContentOf(ulong index) => _contents.GetValueOrDefault(index);

    public void OnApplying(Server server, in LogEntry entry)
    {
        if (entry.Index != server.Registers.Last.Index + 1)
        {
            throw new SimulationFailure(
                nameof(StateHashes), $"s{server.Number} is to apply {entry.Index} after {server.Registers.Last.Index}");
        }

        if (commits.TermOf(entry.Index) != entry.Term)
        {
            throw new SimulationFailure(
                nameof(StateHashes),
                $"s{server.Number} is to apply {entry.Index}@{entry.Term}, committed is term {commits.TermOf(entry.Index)}");
        }
    }

    public void OnApplied(Server server, in LogEntry entry)
    {
        if (server.IsWitness)
        {
            return;
        }

        _contents.TryAdd(entry.Index, LogMatching.Content(entry));
        Check(server);
    }

    public void OnRestored(Server server)
    {
        if (!server.IsWitness)
        {
            Check(server);
        }
    }

    public void Finish()
    {
        for (ulong index = 1; index <= commits.Last.Index; index++)
        {
            if (!_hashes.ContainsKey(index))
            {
                throw new SimulationFailure(nameof(StateHashes), $"entry {index} is committed, and nobody applied it");
            }
        }
    }

    private void Check(Server server)
    {
        ulong index = server.Registers.Last.Index;
        if (!_hashes.TryAdd(index, server.Registers.Hash) && _hashes[index] != server.Registers.Hash)
        {
            throw new SimulationFailure(nameof(StateHashes), $"s{server.Number} has another state after entry {index}");
        }
    }
}
