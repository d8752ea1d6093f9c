using System.Text;
using Discovery.Runtime;
using Discovery.Testing;

namespace Discovery.Agent;

/// <summary>What the agent was told to keep in the data directory is there after a restart, and nothing else.</summary>
public sealed class AgentKeepingTests
{
    [Fact]
    public void Restart_AfterEachStep_ShowsTheSame()
    {
        var disk = new PlantedDisk();
        List<string> states = KeptScript.Run(disk, KeptScript.Steps.Length);
        for (int steps = 0; steps <= KeptScript.Steps.Length; steps++)
        {
            disk = new PlantedDisk();
            KeptScript.Run(disk, steps);
            disk.Restart(DiskLoss.NamesAndBytes);

            Assert.Equal(states[steps], KeptScript.Run(disk, 0)[0]);
        }

        Assert.Equal(KeptScript.Steps.Length + 1, states.Distinct().Count());
    }

    [Theory]
    [InlineData(DiskLoss.Bytes, false)]
    [InlineData(DiskLoss.Bytes, true)]
    [InlineData(DiskLoss.NamesAndBytes, false)]
    [InlineData(DiskLoss.NamesAndBytes, true)]
    internal void Crash_AtEveryCall_LosesNothingThatWasAcknowledged(DiskLoss loss, bool afterCall)
    {
        (List<string> lost, int calls) = CrashAtEveryCall(loss, afterCall, isLying: false);

        Assert.Empty(lost);
        Assert.InRange(calls, 50, 200);
    }

    [Theory]
    [InlineData(DiskLoss.Bytes)]
    [InlineData(DiskLoss.NamesAndBytes)]
    internal void Crash_OfADiskThatSyncsNothing_IsSeenByTheTestAbove(DiskLoss loss) =>
        Assert.NotEmpty(CrashAtEveryCall(loss, afterCall: false, isLying: true).Lost);

    [Fact]
    public void Restart_FilesThatAreDamaged_AreSetAsideByNameAndTheOthersAreThere()
    {
        var disk = new PlantedDisk();
        KeptScript.Run(disk, 9);
        string[] paths = [.. disk.Paths];
        string odd = new AgentFiles(disk, "/data", new RecordingLogger<LocalAgent>()).PathOf(AgentFiles.Services, KeptScript.Odd);
        Assert.Equal(8, paths.Length);
        foreach (string path in paths)
        {
            byte[] whole = disk.Peek(path);
            byte[][] damages =
            [
                [], whole[..^1], whole[..(whole.Length / 2)], [.. whole, 0], "{}"u8.ToArray(), Encoding.ASCII.GetBytes("\n\n"),
                .. Enumerable.Range(0, whole.Length).Where(static i => i % 7 == 0).Select(i => Flip(whole, i)),
            ];
            foreach (byte[] damaged in damages)
            {
                var other = new PlantedDisk();
                foreach (string one in paths)
                {
                    other.Plant(one, one == path ? damaged : disk.Peek(one));
                }

                (string state, IReadOnlyList<string> lines) = KeptScript.RunOnce(other);

                Assert.Contains(lines, line => line.Contains($"File {path} of the data directory is damaged", StringComparison.Ordinal));
                Assert.Equal(damaged, other.Peek(path + DurableFile.DamagedSuffix));
                Assert.Equal(path != odd, state.Contains(KeptScript.Odd, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Restart_UnknownFiles_AreSetAsideAndHalfWrittenOnesGo()
    {
        var disk = new PlantedDisk();
        KeptScript.Run(disk, 1);
        string known = disk.Paths.Single();
        disk.Plant("/data/services/README.txt", "hello"u8.ToArray());
        disk.Plant("/data/services/copy.json", disk.Peek(known));
        disk.Plant(known + ".tmp", "half"u8.ToArray());
        disk.Plant("/data/services/old.json.damaged", "x"u8.ToArray());

        (string state, IReadOnlyList<string> lines) = KeptScript.RunOnce(disk);

        Assert.StartsWith("web web:80", state, StringComparison.Ordinal);
        Assert.Equal(
            ["/data/services/README.txt.damaged", "/data/services/copy.json.damaged", "/data/services/old.json.damaged", known],
            disk.Paths.Order(StringComparer.Ordinal).OrderBy(path => path == known));
        Assert.Equal(2, lines.Count(static line => line.Contains("is set aside", StringComparison.Ordinal)));
    }

    [Fact]
    public void RegisterServiceAsync_FullDisk_FailsAndTheOldOneStays()
    {
        var disk = new PlantedDisk();
        var node = new AgentFixture { Disk = disk };
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web"), KeptScript.Kept);
            string path = disk.Paths.Single();
            byte[] before = disk.Peek(path);
            disk.IsFull = true;

            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await agent.RegisterServiceAsync(new ServiceRegistration { Name = "web", Port = 99 }, KeptScript.Kept));
            DiscoveryException ofCheck = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await agent.RegisterCheckAsync(AgentFixture.Ttl("t"), null, KeptScript.Kept));

            Assert.Equal((DiscoveryError.StorageFailed, WriteOutcome.NotApplied), (e.Error, e.WriteOutcome));
            Assert.Equal($"File {path} of the data directory could not be read or written: No space left on device", e.Message);
            Assert.Equal(DiscoveryError.StorageFailed, ofCheck.Error);
            Assert.Equal(80, agent.Services.Single().Service.Port);
            Assert.Empty(agent.Checks);
            Assert.Equal([path], disk.Paths);
            Assert.Equal(before, disk.Peek(path));
            Assert.Equal(["n1 web web:80 []"], node.Show());

            disk.IsFull = false;
            await agent.RegisterServiceAsync(new ServiceRegistration { Name = "web", Port = 99 }, KeptScript.Kept);
            Assert.Equal(99, agent.Services.Single().Service.Port);
        });
    }

    [Fact]
    public void RegisterServiceAsync_DirectoryNotSynced_TellsThatTheOutcomeIsUnknown()
    {
        var disk = new PlantedDisk();
        var node = new AgentFixture { Disk = disk };
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            disk.FailsToSyncDirectories = true;
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await agent.RegisterServiceAsync(AgentFixture.Service("web"), KeptScript.Kept));
            disk.FailsToSyncDirectories = false;
            bool isThere = agent.FindService("web") is not null;

            // The same again is written again, though the bytes on the disk may be these already.
            int calls = disk.Calls;
            await agent.RegisterServiceAsync(AgentFixture.Service("web"), KeptScript.Kept);

            Assert.Equal((DiscoveryError.StorageFailed, WriteOutcome.Unknown, false), (e.Error, e.WriteOutcome, isThere));
            Assert.Equal(4, disk.Calls - calls);
        });
    }

    [Fact]
    public void UpdateCheckAsync_FullDisk_HoldsAndTellsThatItIsNotKept()
    {
        var disk = new PlantedDisk();
        var node = new AgentFixture { Disk = disk };
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl()), KeptScript.Kept);
            disk.IsFull = true;

            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(async () =>
                await agent.UpdateCheckAsync("service:web", CheckStatus.Passing, "fine", RegistrationLifetime.DataDirectory));

            Assert.Equal(DiscoveryError.StorageFailed, e.Error);
            Assert.Equal(CheckStatus.Passing, agent.Checks.Single().Check.Status);
        });
    }

    [Fact]
    public void RegisterServiceAsync_TheSameAgain_DoesNotTouchTheDisk()
    {
        var disk = new PlantedDisk();
        var node = new AgentFixture { Disk = disk };
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl()), KeptScript.Kept);
            int calls = disk.Calls;
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl()), KeptScript.Kept);
            await agent.RegisterServiceAsync(AgentFixture.Service("own", AgentFixture.Ttl()));

            Assert.Equal(calls, disk.Calls);
        });
    }

    [Fact]
    public void Restart_TtlThatRanOutMeanwhile_IsCriticalAgain()
    {
        var disk = new PlantedDisk();
        var first = new AgentFixture { Disk = disk };
        first.Run(async () =>
        {
            LocalAgent agent = await first.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl(seconds: 10)), KeptScript.Kept);
            await agent.UpdateCheckAsync("service:web", CheckStatus.Passing, "fine", RegistrationLifetime.DataDirectory);
        });
        foreach ((double after, string expected) in ((double, string)[])[(9, "Passing fine"), (10, "Critical ")])
        {
            var second = new AgentFixture { Disk = disk };
            second.Run(async () =>
            {
                await second.AdvanceAsync(after);
                CatalogCheck check = (await second.StartAgentAsync()).Checks.Single().Check;
                Assert.Equal(expected, $"{check.Status} {check.Output}");

                // The restored word has its whole time again, as in Consul.
                await second.AdvanceAsync(9);
                Assert.Equal(check.Status, second.Agent.Checks.Single().Check.Status);
            });
        }
    }

    [Fact]
    public void Restart_DeclaredService_WinsAndKeepsWhatOthersRegisteredForIt()
    {
        var disk = new PlantedDisk();
        KeptScript.Run(disk, 7);
        var node = new AgentFixture { Disk = disk, IsDeclared = static id => id == "web" };
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            bool isEarly = agent.FindService("web") is not null;
            await agent.RegisterServiceAsync(new ServiceRegistration { Name = "web", Port = 1, Checks = { AgentFixture.Ttl() } });
            await agent.CompleteDeclarationsAsync();

            Assert.False(isEarly);
            Assert.Equal(1, agent.FindService("web")!.Service.Port);
            Assert.Equal(
                ["_service_maintenance:web Critical", "extra Critical", "service:web Passing"],
                agent.Checks.Where(static c => c.Check.ServiceId == "web").Select(static c => $"{c.Check.CheckId} {c.Check.Status}"));
        });

        // The declaration took the file of the service away: without it, what stood on it goes too.
        Assert.Equal([KeptScript.Odd], Ids(disk));
    }

    [Fact]
    public void Restart_ScriptsNoLongerAllowed_TellsAndKeepsTheFile()
    {
        var disk = new PlantedDisk();
        var script = new CheckDefinition { CheckId = "s", Args = { "/bin/true" }, Interval = TimeSpan.FromSeconds(10) };
        var first = new AgentFixture { Disk = disk };
        first.Run(async () =>
            await (await first.StartAgentAsync()).RegisterServiceAsync(AgentFixture.Service("web", script), KeptScript.Kept));
        var second = new AgentFixture { Disk = disk };
        second.Health.EnableScriptChecks = false;
        second.Run(async () => Assert.Empty((await second.StartAgentAsync()).Services));

        Assert.Contains(second.Logger.Lines, static line =>
            line.Contains("Service web of the data directory is not registered, and stays there", StringComparison.Ordinal));
        Assert.Equal(["web"], Ids(disk));
    }

    [Fact]
    public void RegisterServiceAsync_DelegateToBeKept_IsRefused()
    {
        var node = new AgentFixture();
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            var check = new CheckDefinition { Probe = static _ => new(CheckResult.Passing("")), Interval = TimeSpan.FromSeconds(1) };
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await agent.RegisterServiceAsync(AgentFixture.Service("web", check), KeptScript.Kept));

            Assert.Equal(
                "The registration of service \"web\" is invalid: Checks[0].Probe: a delegate cannot be kept in the data directory.",
                e.Message);
        });
    }

    [Fact]
    public void CriticalForTooLong_KeptService_LeavesTheDiskToo()
    {
        var disk = new PlantedDisk();
        var node = new AgentFixture { Disk = disk };
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            CheckDefinition check = AgentFixture.Ttl();
            check.DeregisterCriticalServiceAfter = TimeSpan.FromMinutes(1);
            await agent.RegisterServiceAsync(AgentFixture.Service("web", check), KeptScript.Kept);
            await node.AdvanceAsync(61);

            Assert.Empty(agent.Services);
            Assert.Empty(disk.Paths);
        });
    }

    [Fact]
    public void StopAsync_InGoodOrder_LeavesTheFiles()
    {
        var disk = new PlantedDisk();
        var node = new AgentFixture { Disk = disk };
        node.Run(async () =>
        {
            LocalAgent agent = await node.StartAgentAsync();
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl()), KeptScript.Kept);
            await agent.StopAsync(leave: true);

            Assert.Empty(node.Rows.Services);
        });

        Assert.Equal(["web"], Ids(disk));
    }

    private static (List<string> Lost, int Calls) CrashAtEveryCall(DiskLoss loss, bool afterCall, bool isLying)
    {
        List<string> states = KeptScript.Run(new PlantedDisk(), KeptScript.Steps.Length);
        var lost = new List<string>();
        int call = 0;
        int acknowledged;
        do
        {
            var disk = new PlantedDisk { CrashAt = ++call, CrashesAfterCall = afterCall, LiesAboutSyncs = isLying };
            acknowledged = KeptScript.Run(disk, KeptScript.Steps.Length).Count - 1;
            disk.Restart(loss);
            string restored = KeptScript.Run(disk, 0)[0];
            string before = states[Math.Max(acknowledged, 0)];
            string after = states[Math.Min(acknowledged + 1, KeptScript.Steps.Length)];
            if ((restored != before && restored != after)
                || disk.Paths.Any(static path => !path.EndsWith(".json", StringComparison.Ordinal)))
            {
                lost.Add($"call {call}, after step {acknowledged}:\n{restored}\nis neither\n{before}\nnor\n{after}");
            }
        }
        while (acknowledged < KeptScript.Steps.Length);

        return (lost, call);
    }

    private static string[] Ids(PlantedDisk disk)
    {
        string[] ids = [];
        var node = new AgentFixture { Disk = disk };
        node.Health.EnableScriptChecks = true;
        node.Run(async () => ids = [.. (await node.StartAgentAsync()).Services.Select(static s => s.Service.Id)]);
        return ids;
    }

    private static byte[] Flip(byte[] bytes, int at)
    {
        byte[] flipped = [.. bytes];
        flipped[at] ^= 1;
        return flipped;
    }
}
