using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Testing;

namespace Discovery.Driver;

/// <summary>How much of its log a server keeps, and what a full disk does to it.</summary>
public sealed class CompactionTests
{
    private const int SegmentBytes = 64 * 1024;
    private const int SnapshotBytes = 256 * 1024;
    private const int StepBytes = 64;
    private const int NoSpace = 28;
    private static readonly Guid s_node = new(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    private static readonly Guid s_fresh = new(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);

    private readonly SimulationKernel _kernel = new();
    private readonly RecordingLogger<RaftDriver> _told = new();
    private readonly LedgerModule _ledger = new();
    private readonly SimulatedDisk _disk;
    private NodeStorage? _storage;
    private RaftDriver? _driver;
    private RaftCommandLog? _log;

    public CompactionTests() => _disk = new SimulatedDisk(1, _kernel.Time);

    private long LogBytes => BytesOf(LogLayout.SegmentSuffix);

    private IEnumerable<string> Snapshots => _told.Lines.Where(static line => line.StartsWith("3008", StringComparison.Ordinal));

    [Fact]
    public void Log_OfLargeEntries_IsBoundByBytesAndReachesBackToTheSnapshotBefore() => Run(async () =>
    {
        await BeginAsync();
        for (int i = 0; i < 600; i++)
        {
            await WriteAsync(8 * 1024, "same");
        }

        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.InRange(Snapshots.Count(), 15, 20);
        Assert.InRange(LogBytes, SnapshotBytes, (3 * SnapshotBytes) + (3 * SegmentBytes));

        var hash = _log!.StateMachine.Current.ComputeHash();
        await EndAsync();
        SnapshotFile newest = _storage!.Snapshots.Files[0];
        byte[] damaged = _disk.Peek(newest.Path);
        damaged[^10] ^= 1;
        _disk.Plant(newest.Path, damaged);
        await BeginAsync();
        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.True(_storage.Base!.Meta.Last.Index < newest.Meta.Last.Index);
        Assert.Equal(hash, _log.StateMachine.Current.ComputeHash());
    });

    [Fact]
    public void Snapshots_OfALargeState_AreAsFarApartAsItIsLarge() => Run(async () =>
    {
        await BeginAsync();
        for (int i = 0; i < 100; i++)
        {
            await WriteAsync(32 * 1024, $"{i}");
        }

        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
        long size = _storage!.Snapshots.Files[0].Bytes;
        Assert.True(size > 3 * SnapshotBytes, $"{size}");

        int before = Snapshots.Count();
        for (long written = 0; written < 3 * size; written += 32 * 1024)
        {
            await WriteAsync(32 * 1024, "same");
        }

        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.InRange(Snapshots.Count() - before, 2, 3);
    });

    [Fact]
    public void FullDisk_IsToldUntilThereIsRoom() => Run(async () =>
    {
        await BeginAsync();
        await WriteAsync(1024, "before");
        _disk.RoomBytes = 0;
        Task waiting = WriteAsync(3 * SegmentBytes, "waits");
        await _kernel.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.False(waiting.IsCompleted);
        Assert.StartsWith("There is no room left on the disk of /raft/log", _driver!.DiskTrouble);
        Assert.Single(_told.Lines, static line => line.StartsWith("3006", StringComparison.Ordinal));

        _disk.RoomBytes = 100 * SegmentBytes;
        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
        await waiting;
        Assert.Null(_driver.DiskTrouble);
        Assert.Single(_told.Lines, static line => line.StartsWith("3007", StringComparison.Ordinal));
    });

    [Fact]
    public void FullDisk_MetAfterTheServerWasStopped_IsNoFault() => Run(async () =>
    {
        await BeginAsync();
        _disk.RoomBytes = 0;
        _disk.SyncStall = TimeSpan.FromSeconds(4);
        Task<ProposalResult> slow = ProposeAsync(1024, "slow");
        await _kernel.AdvanceAsync(TimeSpan.FromMilliseconds(100));
        Task<ProposalResult> waiting = ProposeAsync(3 * SegmentBytes, "waits");
        await _kernel.AdvanceAsync(TimeSpan.FromMilliseconds(100));
        await EndAsync();
        Assert.Equal((ProposalOutcome.Unknown, ProposalOutcome.Unknown), ((await slow).Outcome, (await waiting).Outcome));
        Assert.Null(_driver!.Fault);

        (_disk.RoomBytes, _disk.SyncStall) = (100 * SegmentBytes, TimeSpan.Zero);
        await BeginAsync();
        await WriteAsync(1024, "after");
    });

    [Fact]
    public void FullDisk_WithMoreLogThanMustBe_MakesRoomByItself() => Run(async () =>
    {
        var snapshots = new FakeSnapshots();
        await BeginAsync(snapshots);
        await WriteUntilAskedAsync(snapshots, times: 2);

        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        _disk.RoomBytes = 0;
        long full = LogBytes;
        await WriteAsync(2 * SegmentBytes, "more");
        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Single(_told.Lines, static line => line.StartsWith("3006", StringComparison.Ordinal));
        Assert.Single(_told.Lines, static line => line.StartsWith("3007", StringComparison.Ordinal));
        Assert.True(LogBytes < full, $"{LogBytes} of {full}");
    });

    [Fact]
    public void Snapshot_ThatFindsNoRoom_IsTriedAgainAlthoughNobodyWrites() => Run(async () =>
    {
        var snapshots = new FakeSnapshots { Failures = 3 };
        await BeginAsync(snapshots);
        await WriteUntilAskedAsync(snapshots, times: 1);

        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(29));
        Assert.Equal(3, snapshots.Asked);
        Assert.Empty(Snapshots);
        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(4, snapshots.Asked);
        Assert.Single(Snapshots);
        Assert.Single(_told.Lines, static line => line.StartsWith("3009", StringComparison.Ordinal));
    });

    [Fact]
    public void Snapshot_ThatFailsForAnotherReasonThanTheDisk_IsTriedAgainAndLaterOnesAreTaken() => Run(async () =>
    {
        var snapshots = new FakeSnapshots { Failures = 1, Trouble = static () => new InvalidOperationException("a module cannot write") };
        await BeginAsync(snapshots);
        await WriteUntilAskedAsync(snapshots, times: 1);
        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(9.9));
        Assert.Equal(1, snapshots.Asked);
        Assert.Empty(Snapshots);
        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(0.2));
        Assert.Equal(2, snapshots.Asked);
        Assert.Single(Snapshots);
        Assert.Single(_told.Lines, static line => line.StartsWith("3009", StringComparison.Ordinal));

        await WriteUntilAskedAsync(snapshots, times: 3);
        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(0.1));
        Assert.Equal(2, Snapshots.Count());
    });

    [Fact]
    public void Restore_OnAFullDisk_EndsAndChangesNothing() => Run(async () =>
    {
        await BeginAsync();
        await WriteAsync(4 * SegmentBytes, "before");
        using var archive = new MemoryStream();
        _log!.StateMachine.WriteSnapshot(archive);
        await WriteAsync(1024, "after");
        _disk.RoomBytes = 0;
        Task<ProposalResult> restore = RestoreAsync(archive);
        await _kernel.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(ProposalResult.NotApplied(ProposalRefusal.None), await restore);

        _disk.RoomBytes = 100 * SegmentBytes;
        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((true, true), (Has("before"), Has("after")));
        Assert.Equal(ProposalOutcome.Applied, (await RestoreAsync(archive)).Outcome);
        Assert.Equal((true, false), (Has("before"), Has("after")));
    });

    private void Run(Func<Task> body) => _kernel.Run(async () =>
    {
        await body();
        await EndAsync();
    });

    private long BytesOf(string suffix) =>
        _disk.Paths.Where(path => path.EndsWith(suffix, StringComparison.Ordinal)).Sum(path => (long)_disk.Peek(path).Length);

    private async Task BeginAsync(IRaftSnapshots? snapshots = null)
    {
        var options = new LogStoreOptions { SegmentBytes = SegmentBytes };
        _storage = await NodeStorage.OpenAsync(_disk, "/raft", s_node, Guid.Empty, s_fresh, options);
        NodeRuntime runtime = _kernel.CreateRuntime();
        LogStore store = _storage.Log;
        var machine = new StateMachine([_ledger], new StateMachineOptions());
        var own = new RaftSnapshots(_storage.Snapshots, machine, runtime);
        if (_storage.Base is { } file)
        {
            await own.InstallAsync(file);
        }

        var parts = new RaftParts
        {
            StateMachine = machine,
            Runtime = runtime,
            Log = store,
            Recovered = Bootstrap.IsFresh(store.Recovered)
                ? await Bootstrap.RunAsync(store, [new RaftMember(store.Identity.Id, MemberRole.Voter)])
                : store.Recovered,
            Snapshots = snapshots ?? own,
            Transport = new AloneTransport(),
            Core = new RaftCoreOptions(),
            Options = new RaftLogOptions { SnapshotBytes = SnapshotBytes },
            NodeName = "node-1",
            NewId = () => LedgerNode.Lineage,
            Logger = _told,
            Seed = 1,
        };
        _driver = new RaftDriver(parts);
        _log = new RaftCommandLog(parts, _driver);
        _driver.Start();
        await _kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
    }

    private async Task EndAsync()
    {
        await _driver!.DisposeAsync();
        await _storage!.DisposeAsync();
    }

    private Task<ProposalResult> RestoreAsync(MemoryStream archive)
    {
        archive.Position = 0;
        return _log!.RestoreAsync(archive, new Guid(3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3)).AsTask();
    }

    private bool Has(string prefix) => _log!.StateMachine.Current.Get(_ledger.Items, LedgerModule.Key(NameOf(prefix, 0))) is not null;

    private static string NameOf(string prefix, int step) => $"{prefix}/{step:d6}".PadRight(StepBytes - 16, '.');

    private async Task WriteAsync(int bytes, string prefix)
    {
        ProposalResult result = await ProposeAsync(bytes, prefix);
        Assert.Equal(ProposalOutcome.Applied, result.Outcome);
    }

    private async Task WriteUntilAskedAsync(FakeSnapshots snapshots, int times)
    {
        for (int i = 0; i < 80 && snapshots.Asked < times; i++)
        {
            await WriteAsync(32 * 1024, "same");
        }

        Assert.Equal(times, snapshots.Asked);
    }

    // One command of about so many bytes. Every step of it sets a row of its own; the rows of one prefix are the same for each command.
    private async Task<ProposalResult> ProposeAsync(int bytes, string prefix)
    {
        LedgerStep[] steps =
        [
            .. Enumerable.Range(0, bytes / StepBytes).Select(i => new LedgerStep(LedgerAction.Put, NameOf(prefix, i), "", i)),
        ];
        ReadOnlyMemory<byte> body = LedgerMachine.Body(_ledger.Script, steps);
        return await _log!.ProposeAsync(new CommandProposal(_ledger.Script.Id, body, default, 0, CallContext.Local));
    }

    /// <summary>Snapshots that are nowhere, some of which fail: they find the disk full, unless it is said otherwise.</summary>
    private sealed class FakeSnapshots : IRaftSnapshots
    {
        public int Asked { get; private set; }

        public int Failures { get; init; }

        public Func<Exception> Trouble { get; init; } =
            static () => StorageException.Of("/raft/snapshots", new IOException("No space left on device", NoSpace));

        public long NewestBytes => 0;

        public Task SaveAsync(SnapshotMeta meta, StateSnapshot? state) => ++Asked <= Failures
            ? throw Trouble()
            : Task.CompletedTask;

        public Task ReceiveAsync(SnapshotMeta meta, Stream snapshot, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("no snapshot was expected");

        public Task<StateSnapshot> ReadAsync(SnapshotMeta meta) => throw new InvalidOperationException("no snapshot was expected");

        public (SnapshotMeta Meta, Stream Bytes)? OpenNewest() => null;
    }
}
