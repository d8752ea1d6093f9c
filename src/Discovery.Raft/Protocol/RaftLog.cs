namespace Discovery.Protocol;

/// <summary>The log as the core sees it: all terms, the newest entries, the configurations, and how far everything has come.</summary>
internal sealed class RaftLog
{
    private readonly RaftCoreOptions _options;
    private readonly TermRuns _terms;
    private readonly EntryWindow _window;
    private readonly List<ConfigurationEntry> _configurations = [];
    private ulong _handedToDisk;
    private ulong? _cut;

    public RaftLog(RecoveredLog recovered, RaftCoreOptions options)
    {
        _options = options;
        _terms = recovered.Terms;
        _window = new EntryWindow(_terms.Last.Index + 1);
        _configurations.Add(recovered.Snapshot?.Configuration ?? new ConfigurationEntry(0, RaftConfiguration.Empty));
        _configurations.AddRange(recovered.Configurations);
        _handedToDisk = Persisted = _terms.Last.Index;
        HandedToApply = Applied = Commit = recovered.Snapshot?.Last.Index ?? 0;
        Invariant.Check(_terms.Start.Index <= Commit, "the log begins after the snapshot that it follows");
    }

    /// <summary>The last entry before the first that the log still has.</summary>
    public LogPosition Start => _terms.Start;

    public LogPosition Last => _terms.Last;

    /// <summary>The configuration in force: the last in the log, committed or not.</summary>
    public ConfigurationEntry Configuration => _configurations[^1];

    /// <summary>The configuration before that in force, as far as the log knows.</summary>
    public RaftConfiguration PreviousConfiguration => _configurations[Math.Max(0, _configurations.Count - 2)].Configuration;

    public ulong Commit { get; private set; }

    /// <summary>The end of what is on this server's disk.</summary>
    public ulong Persisted { get; private set; }

    public ulong HandedToApply { get; private set; }

    public ulong Applied { get; private set; }

    /// <summary>Whether the next entry to apply is no longer in memory.</summary>
    public bool MustLoadToApply => HandedToApply < Commit && HandedToApply + 1 < _window.First;

    public bool TryFindTerm(ulong index, out ulong term) => _terms.TryFind(index, out term);

    public bool Matches(LogPosition position) => _terms.TryFind(position.Index, out ulong term) && term == position.Term;

    /// <summary>Where a log that has <paramref name="other"/> can agree with this one at the latest.</summary>
    public LogPosition LatestAgreement(LogPosition other) => _terms.FindAtMost(other.Index, other.Term);

    public bool IsInMemory(ulong index) => index >= _window.First && index < _window.End;

    /// <summary>The newest entry that has a server as a member; of term 0 when it is no longer in the log.</summary>
    public LogPosition MemberAt(VoterId id)
    {
        ulong index = _configurations.FindLast(entry => entry.Configuration.Contains(id))?.Index ?? 0;
        return index == 0 ? LogPosition.Zero : new LogPosition(index, _terms.TryFind(index, out ulong term) ? term : 0);
    }

    /// <summary>Whether another's entry is one of this log. What is not in the log any more was committed, wherever it came from.</summary>
    public bool IsOfHistory(LogPosition position) =>
        position.Term == 0 || position.Index < Start.Index || (_terms.TryFind(position.Index, out ulong term) && term == position.Term);

    public LogEntry[] Slice(ulong from, ulong to, long bytesMax) => _window.Slice(from, to, bytesMax);

    public void Append(in LogEntry entry)
    {
        _terms.Append(entry.Index, entry.Term);
        _window.Append(entry);
        if (entry.Kind == EntryKind.Configuration)
        {
            bool isReadable = RaftConfiguration.TryDecode(entry.Body.Span, out RaftConfiguration configuration);
            Invariant.Check(isReadable, $"entry {entry.Index} holds a configuration that cannot be read");
            _configurations.Add(new ConfigurationEntry(entry.Index, configuration));
        }
    }

    /// <summary>Drops what another leader's log does not have. What is committed is never dropped.</summary>
    public void TruncateAfter(ulong index)
    {
        Invariant.Check(index >= Commit, $"entry {Commit} is committed, and the log is to end at {index}");
        _terms.TruncateAfter(index);
        _window.TruncateAfter(index);
        _configurations.RemoveAll(entry => entry.Index > index);
        if (_handedToDisk > index)
        {
            _handedToDisk = index;
            _cut = Math.Min(_cut ?? index, index);
        }

        Persisted = Math.Min(Persisted, index);
    }

    public void CommitTo(ulong index)
    {
        Invariant.Check(index <= Last.Index, $"the log ends at {Last.Index}, and {index} is said to be committed");
        Commit = Math.Max(Commit, index);
    }

    /// <summary>A value of the core has reached the disk, up to the position where the log ended then.</summary>
    /// <remarks>
    /// What was cut off and written anew since has another term at that position; the value that brought the new entries tells of them.
    /// </remarks>
    public void PersistedTo(LogPosition position)
    {
        if (position.Index > Persisted && Matches(position))
        {
            Persisted = position.Index;
        }
    }

    /// <summary>Puts a snapshot in place of everything.</summary>
    public void Install(SnapshotMeta meta)
    {
        Invariant.Check(meta.Last.Index > Commit, "a snapshot that is behind what is committed");
        _terms.Reset(meta.Last);
        _window.Reset(meta.Last.Index + 1);
        _configurations.Clear();
        _configurations.Add(meta.Configuration);
        _cut = null;
        _handedToDisk = Persisted = HandedToApply = Commit = meta.Last.Index;
    }

    /// <summary>A snapshot covers everything up to here: the log may begin after it.</summary>
    public void CompactTo(ulong index)
    {
        index = Math.Min(index, Math.Min(Applied, Persisted));
        if (index <= Start.Index)
        {
            return;
        }

        _terms.CompactTo(index);
        int kept = _configurations.FindLastIndex(entry => entry.Index <= index);
        _configurations.RemoveRange(0, Math.Max(kept, 0));
    }

    /// <summary>The configuration in force at an entry that is still in the log.</summary>
    public ConfigurationEntry ConfigurationAt(ulong index) =>
        _configurations.FindLast(entry => entry.Index <= index) ?? _configurations[0];

    /// <summary>Hands out what must be cut off and appended on the disk; each once.</summary>
    public LogEntry[] TakeForDisk(out ulong? truncateAfter)
    {
        truncateAfter = _cut;
        _cut = null;
        if (_handedToDisk == Last.Index)
        {
            return [];
        }

        LogEntry[] entries = _window.Slice(_handedToDisk + 1, Last.Index, long.MaxValue);
        _handedToDisk = Last.Index;
        return entries;
    }

    /// <summary>Hands out committed entries that are in memory; each once, within the limit of what may be under way.</summary>
    public LogEntry[] TakeForApply(long bytesMax)
    {
        if (HandedToApply == Commit || MustLoadToApply || bytesMax <= 0)
        {
            return [];
        }

        LogEntry[] entries = _window.Slice(HandedToApply + 1, Commit, bytesMax);
        HandedToApply += (ulong)entries.Length;
        return entries;
    }

    /// <summary>Takes committed entries that came from the disk as handed out; false when they are no longer the next.</summary>
    public bool TryHandOut(IReadOnlyList<LogEntry> loaded)
    {
        if (loaded.Count == 0 || loaded[0].Index != HandedToApply + 1 || loaded[^1].Index > Commit || !Has(loaded))
        {
            return false;
        }

        HandedToApply = loaded[^1].Index;
        return true;
    }

    /// <summary>Whether entries from the disk are still those of the log: the disk may not have been told yet that they are not.</summary>
    public bool Has(IReadOnlyList<LogEntry> loaded) =>
        loaded.All(entry => TryFindTerm(entry.Index, out ulong term) && term == entry.Term);

    public void AppliedTo(ulong index)
    {
        Invariant.Check(index <= HandedToApply, $"entry {index} was applied before it was handed out");
        Applied = Math.Max(Applied, index);
        _window.Trim(Math.Min(Applied, Persisted), _options.WindowBytesMax);
    }
}
