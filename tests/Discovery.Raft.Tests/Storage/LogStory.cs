using Discovery.Protocol;

namespace Discovery.Storage;

/// <summary>A store and its model, and what a driver does to them, by a seed.</summary>
internal sealed class LogStory(IDisk disk, int seed, LogModel? model = null)
{
    private readonly Random _random = new(seed);
    private LogStore _store = null!;

    public LogModel Model { get; } = model ?? new LogModel();

    /// <summary>How often what happened.</summary>
    public SortedDictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    public async Task OpenAsync()
    {
        _store = await LogRig.OpenAsync(disk, Model.Snapshot);
        Model.Judge(_store);
    }

    /// <summary>Does so many things; what the disk throws comes out.</summary>
    public async Task RunAsync(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            await StepAsync(_random.Next(100));
        }
    }

    public async Task CloseAsync() => await _store.DisposeAsync();

    private Task StepAsync(int choice) => choice switch
    {
        < 40 => AppendAsync(),
        < 70 => SyncAsync(),
        < 78 => Do("settle", _store.SettleAsync),
        < 85 => CutAsync(),
        < 92 => CompactAsync(),
        < 95 => InstallAsync(),
        _ => ReopenAsync(),
    };

    private Task AppendAsync() => Do("append", () =>
    {
        LogPosition last = Model.Now.Last;
        HardState state = NextState();
        var entries = new LogEntry[_random.Next(5)];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = new LogEntry(last.Index + (ulong)i + 1, Math.Max(last.Term, state.Term), EntryKind.Command, Body());
        }

        return AppendAsync(new LogBatch { State = state, Entries = entries });
    });

    private Task CutAsync() => Do("cut", () =>
    {
        LogPosition last = Model.Now.Last;
        ulong floor = Math.Max(Model.Now.Start.Index, Model.Snapshot?.Last.Index ?? 0);
        ulong after = last.Index - (ulong)_random.NextInt64((long)Math.Min(4, last.Index - floor) + 1);
        var state = new HardState(Model.Now.HardState.Term + 1, VoterId.None);
        LogEntry[] entries = _random.Next(3) == 0 ? [] : [new LogEntry(after + 1, state.Term, EntryKind.Empty, Body())];
        return AppendAsync(new LogBatch { State = state, TruncateAfter = after, Entries = entries });
    });

    private Task SyncAsync() => Do("sync", async () =>
    {
        int appended = Model.Appended;
        await _store.SyncAsync();
        Model.Acknowledge(appended);
    });

    private Task CompactAsync() => Do("compact", async () =>
    {
        LogModel.State now = Model.Now;
        ulong floor = Model.Snapshot?.Last.Index ?? 0;
        if (now.Entries.Length < 3)
        {
            return;
        }

        await SyncAsync();
        LogEntry at = now.Entries[_random.Next(now.Entries.Length)];
        if (at.Index > floor)
        {
            Model.Snapshot = LogRig.Snapshot(at.Index, at.Term);
            await _store.CompactToAsync(at.Index - (ulong)_random.Next(2));
        }
    });

    private Task InstallAsync() => Do("install", async () =>
    {
        LogPosition last = Model.Now.Last;
        var meta = new LogPosition(last.Index + (ulong)_random.Next(1, 50), last.Term + 1);
        Model.Snapshot = LogRig.Snapshot(meta.Index, meta.Term);
        ulong term = Math.Max(meta.Term, Model.Now.HardState.Term + 1);
        await AppendAsync(new LogBatch { State = new HardState(term, VoterId.None), Reset = meta });
        await SyncAsync();
        await _store.CompactToAsync(meta.Index);
    });

    private Task ReopenAsync() => Do("reopen", async () =>
    {
        await _store.DisposeAsync();
        await OpenAsync();
    });

    private Task AppendAsync(LogBatch batch)
    {
        Model.Append(batch);
        _store.Append(batch);
        return Task.CompletedTask;
    }

    private HardState NextState()
    {
        HardState state = Model.Now.HardState;
        return _random.Next(4) == 0 ? new HardState(state.Term + 1, _random.Next(2) == 0 ? LogRig.Self : VoterId.None)
            : state.Vote == VoterId.None && _random.Next(4) == 0 ? state with { Vote = LogRig.Other }
            : state;
    }

    private byte[] Body()
    {
        var body = new byte[_random.Next(4) switch { 0 => 0, 1 => _random.Next(1700), _ => _random.Next(80) }];
        if (_random.Next(4) > 0)
        {
            _random.NextBytes(body);
        }

        return body;
    }

    private Task Do(string what, Func<Task> work)
    {
        Counts[what] = Counts.GetValueOrDefault(what) + 1;
        return work();
    }
}
