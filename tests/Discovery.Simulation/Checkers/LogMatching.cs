using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>Two logs with an entry of the same index and term are the same up to there (the paper's figure 3).</summary>
/// <remarks>By induction it is enough that such an entry is the same everywhere, and so is the term of the one before it.</remarks>
internal sealed class LogMatching
{
    private readonly Dictionary<LogPosition, (ulong TermBefore, ulong Content)> _entries = [];

    public void OnAppend(Server server, in LogEntry entry)
    {
        ulong before = server.Disk.View.Last.Term;
        ulong content = Content(entry);
        var position = new LogPosition(entry.Index, entry.Term);
        if (!_entries.TryGetValue(position, out (ulong TermBefore, ulong Content) known))
        {
            _entries.Add(position, (before, server.IsWitness && entry.Kind != EntryKind.Configuration ? 0 : content));
            return;
        }

        if (known.TermBefore != before && entry.Index > 1)
        {
            throw new SimulationFailure(
                nameof(LogMatching),
                $"entry {Describe.At(position)} follows term {before} on s{server.Number}, and {known.TermBefore} elsewhere");
        }

        if (!server.IsWitness && known.Content != content)
        {
            if (known.Content != 0)
            {
                throw new SimulationFailure(nameof(LogMatching), $"entry {Describe.At(position)} is another on s{server.Number}");
            }

            _entries[position] = (before, content);
        }
    }

    public static ulong Content(in LogEntry entry) => (((ulong)entry.Kind << 56) ^ Hash(entry.Body.Span)) | 1;

    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length;
        foreach (byte b in bytes)
        {
            hash = ((hash << 5) ^ (hash >> 59) ^ b) * 0x9E3779B97F4A7C15;
        }

        return hash;
    }
}
