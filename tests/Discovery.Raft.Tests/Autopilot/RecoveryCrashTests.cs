using Discovery.Storage;
using Discovery.Testing;
using Discovery.Transport;
using Xunit.Abstractions;

namespace Discovery.Autopilot;

/// <summary>Recovery from the loss of the quorum, on a disk whose power fails in the middle of it.</summary>
public sealed class RecoveryCrashTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan s_lost = TimeSpan.FromSeconds(3);

    // On the real disk it is locked, and nothing else; the log is on the simulated disk.
    private readonly string _directory = Directory.CreateTempSubdirectory("discovery-raft-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryCall_CrashedBeforeAndAfter_LeavesTheOldClusterOrTheNewOne(bool isRestarted)
    {
        (int first, int last) = CallsOfRecovery(isRestarted);
        var found = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int call = first; call <= last; call++)
        {
            foreach (bool isAfter in (bool[])[false, true])
            {
                var disk = new SimulatedDisk { CrashAt = call, CrashesAfterCall = isAfter };
                Outcome before = Recover(disk, isRestarted);
                string state = GoOn(disk.Crashed(call), before, new Queue<int>());
                found[state] = found.GetValueOrDefault(state) + 1;
            }
        }

        output.WriteLine($"{last - first + 1} calls: {string.Join(", ", found)}");
        Assert.Equal(["new", "new, and not over", "old"], found.Keys);
    }

    [Fact]
    public void ManyCalls_CrashedOneLifeAfterAnother_ComeToAnEnd()
    {
        (int first, int last) = CallsOfRecovery(isRestarted: false);
        var random = new Random(1);
        for (int i = 0; i < 50; i++)
        {
            var disk = new SimulatedDisk { CrashAt = random.Next(first, last + 1), CrashesAfterCall = random.Next(2) == 0 };
            Outcome before = Recover(disk, isRestarted: false);
            GoOn(disk.Crashed(i), before, new Queue<int>([random.Next(1, 60), random.Next(1, 60)]));
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Recovery_ThatDoesNotSync_IsCaught(bool skipsFiles, bool skipsDirectories)
    {
        (int first, int last) = CallsOfRecovery(isRestarted: true);
        Assert.Contains(Enumerable.Range(first, last - first + 1), call =>
        {
            var disk = new SimulatedDisk { CrashAt = call };
            Outcome before = Recover(
                disk,
                isRestarted: true,
                it => new CarelessDisk(it) { SkipsFileSyncs = skipsFiles, SkipsDirectorySyncs = skipsDirectories });
            return Record.Exception(() => GoOn(disk.Crashed(call), before, new Queue<int>())) is not null;
        });
    }

    private (int First, int Last) CallsOfRecovery(bool isRestarted)
    {
        var whole = new SimulatedDisk();
        Outcome outcome = Recover(whole, isRestarted);
        Assert.NotNull(outcome.Report);
        return (outcome.CallsBefore + 1, whole.Calls);
    }

    /// <summary>A cluster whose quorum is lost, and a recovery of it until it is over or the power fails.</summary>
    /// <param name="disk">The server's disk.</param>
    /// <param name="isRestarted">Whether the server is started again first, and knows of nothing that is committed then.</param>
    /// <param name="makes">What mistakes it makes with its disk once it is started again.</param>
    private Outcome Recover(SimulatedDisk disk, bool isRestarted, Func<IDisk, IDisk>? makes = null)
    {
        using var server = new LonelyServer(disk, _directory);
        server.Kernel.Run(() => LoseQuorumAsync(server));
        Guid lineage = server.State.Current.Lineage;
        if (!isRestarted)
        {
            return server.Kernel.Run(() => RecoverAsync(server, lineage));
        }

        server.Dispose();
        int crashAt = disk.CrashAt;
        disk.EndProcess();
        disk.CrashAt = crashAt;
        using var next = new LonelyServer(disk, _directory, makes);
        return next.Kernel.Run(async () =>
        {
            await next.StartAsync();
            return await RecoverAsync(next, lineage);
        });

        async Task<Outcome> RecoverAsync(LonelyServer server, Guid lineage)
        {
            await Task.Delay(s_lost, server.Kernel.Time);
            var outcome = new Outcome(disk.Calls, lineage);
            Task<RecoveryReport> recovery = server.Server.RecoverAsync("two disks burnt", CancellationToken.None);
            return await server.TryAsync(recovery) ? outcome with { Report = await recovery } : outcome;
        }
    }

    private static async Task LoseQuorumAsync(LonelyServer server)
    {
        await server.FormatAsync();
        await server.StartAsync();
        await server.LeadAsync();
        foreach (string key in Outcome.Acknowledged)
        {
            await server.PutAsync(key);
        }

        await server.LoseQuorumAsync();
        _ = server.Store.PutAsync("unknown", "in the log, and not acknowledged"u8.ToArray()).AsTask();
        await Task.Delay(s_lost, server.Kernel.Time);
    }

    /// <summary>The lives that follow, some until a call of the disk; the last does all that is left, one more finds it done.</summary>
    /// <returns>What was found on the disk.</returns>
    private string GoOn(SimulatedDisk disk, Outcome before, Queue<int> crashes)
    {
        LogIdentity found = LonelyServer.IdentityOn(disk, _directory);
        Assert.Equal(found.Recovery is null, found.Cluster == Messages.Cluster);
        Assert.True(before.Report is null || (found.Cluster == before.Report.Cluster && !found.Recovery!.IsPending));
        bool isLast = !crashes.TryDequeue(out int call);
        disk.CrashAt = isLast ? int.MaxValue : call;
        var server = new LonelyServer(disk, _directory);
        bool isOver = server.Kernel.Run(() => server.TryAsync(FinishAsync(server, found, before)));
        server.Dispose();
        Assert.True(isOver || !isLast);
        if (!isLast)
        {
            GoOn(disk.Crashed(call), before, crashes);
        }
        else
        {
            disk.EndProcess();
            using var next = new LonelyServer(disk, _directory);
            next.Kernel.Run(() => FinishAsync(next, LonelyServer.IdentityOn(disk, _directory), before with { Lineage = null }));
            Assert.Equal(server.State.Current.Lineage, next.State.Current.Lineage);
            Assert.Equal(
                server.Store.List().Select(static entry => entry.Key), next.Store.List().Select(static entry => entry.Key));
        }

        return found.Recovery switch { null => "old", { IsPending: true } => "new, and not over", _ => "new" };
    }

    private static async Task FinishAsync(LonelyServer server, LogIdentity found, Outcome before)
    {
        await server.StartAsync();
        if (found.Recovery is null)
        {
            await Task.Delay(s_lost, server.Kernel.Time);
            Assert.False(server.Server.Leadership.IsLeader);
            RecoveryReport report = await server.Server.RecoverAsync("once more", CancellationToken.None);
            Assert.Equal((Messages.Cluster, server.Server.Cluster), (report.ClusterBefore, report.Cluster));
        }

        await server.RecoveredAsync();
        Assert.True(found.Recovery is null || found.Cluster == server.Server.Cluster);
        Assert.NotEqual(before.Lineage, server.State.Current.Lineage);
        Assert.All(Outcome.Acknowledged, key => Assert.NotNull(server.Store.Get(key)));
        Assert.Equal(LonelyServer.Id.Log, Assert.Single(server.Server.Driver!.Members.Configuration.Everybody()).Log);
        await server.PutAsync("after");
    }

    /// <param name="CallsBefore">The calls of the disk until the recovery began.</param>
    /// <param name="Lineage">The lineage that was given up.</param>
    private sealed record Outcome(int CallsBefore, Guid? Lineage)
    {
        public static readonly string[] Acknowledged = ["a", "b", "c"];

        /// <summary>What the operator was told; null when the power failed first.</summary>
        public RecoveryReport? Report { get; init; }
    }
}
