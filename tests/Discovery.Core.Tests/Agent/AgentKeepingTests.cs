using System.Text;
using Discovery.Runtime;
using Discovery.Testing;

namespace Discovery.Agent;

/// <summary>What the agent was told to keep in the data directory is there after a restart, and nothing else.</summary>
public sealed class AgentKeepingTests
{
    private const string Odd = "a/b ü\u2028.. ";

    private static readonly AgentRegisterOptions s_kept = new() { Lifetime = RegistrationLifetime.DataDirectory, NameRule = NameRule.Any };

    /// <summary>Each leaves the agent in another state; each is acknowledged before the next.</summary>
    private static readonly Func<LocalAgent, ValueTask>[] s_script =
    [
        static agent => agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl()), s_kept),
        static agent => agent.RegisterServiceAsync(AgentFixture.Service(Odd, AgentFixture.Http("h")), s_kept),
        static agent => agent.UpdateCheckAsync("service:web", CheckStatus.Passing, "fine", RegistrationLifetime.DataDirectory),
        static agent => agent.RegisterCheckAsync(AgentFixture.Ttl("node"), null, s_kept),
        static agent => agent.RegisterCheckAsync(AgentFixture.Http("extra"), "web", s_kept),
        static agent => agent.RegisterServiceAsync(
            new ServiceRegistration { Name = "web", Port = 81, Checks = { AgentFixture.Ttl() } }, s_kept),
        static agent => agent.SetServiceMaintenanceAsync("web", MaintenanceMode.On, "disk", RegistrationLifetime.DataDirectory),
        static agent => agent.SetNodeMaintenanceAsync(MaintenanceMode.On, "all", RegistrationLifetime.DataDirectory),
        static agent => agent.UpdateCheckAsync("node", CheckStatus.Warning, "so so", RegistrationLifetime.DataDirectory),
        static agent => agent.SetNodeMaintenanceAsync(MaintenanceMode.Off, "", RegistrationLifetime.DataDirectory),
        static async agent => await agent.DeregisterCheckAsync("node"),
        static agent => agent.RegisterServiceAsync(AgentFixture.Service("zmover", AgentFixture.Ttl("service:web")), s_kept),
        static agent => agent.RegisterServiceAsync(AgentFixture.Service("zz", AgentFixture.Http("extra")), s_kept),
        static async agent => await agent.DeregisterServiceAsync("web"),
    ];

    [Fact]
    public void Restart_AfterEachStep_ShowsTheSame()
    {
        var disk = new PlantedDisk();
        List<string> states = Run(disk, s_script.Length);
        for (int steps = 0; steps <= s_script.Length; steps++)
        {
            disk = new PlantedDisk();
            Run(disk, steps);
            disk.Restart(DiskLoss.NamesAndBytes);

            Assert.Equal(states[steps], Run(disk, 0)[0]);
        }

        Assert.Equal(s_script.Length + 1, states.Distinct().Count());
    }

    [Theory]
    [InlineData(DiskLoss.Bytes, false)]
    [InlineData(DiskLoss.Bytes, true)]
    [InlineData(DiskLoss.NamesAndBytes, false)]
    [InlineData(DiskLoss.NamesAndBytes, true)]
    internal void Crash_AtEveryCall_LosesNothingThatWasAcknowledged(DiskLoss loss, bool afterCall)
    {
        List<string> states = Run(new PlantedDisk(), s_script.Length);
        int call = 0;
        int acknowledged;
        do
        {
            var disk = new PlantedDisk { CrashAt = ++call, CrashesAfterCall = afterCall };
            acknowledged = Run(disk, s_script.Length).Count - 1;
            disk.Restart(loss);
            string restored = Run(disk, 0)[0];

            string before = states[Math.Max(acknowledged, 0)];
            string after = states[Math.Min(acknowledged + 1, s_script.Length)];
            Assert.True(
                restored == before || restored == after,
                $"call {call}, after step {acknowledged}:\n{restored}\nis neither\n{before}\nnor\n{after}");
            Assert.DoesNotContain(disk.Paths, static path => path.EndsWith(DurableFile.TemporarySuffix, StringComparison.Ordinal));
            Assert.DoesNotContain(disk.Paths, static path => path.EndsWith(DurableFile.DamagedSuffix, StringComparison.Ordinal));
        }
        while (acknowledged < s_script.Length);

        Assert.InRange(call, 50, 200);
    }

    [Fact]
    public void Restart_FilesThatAreDamaged_AreSetAsideByNameAndTheOthersAreThere()
    {
        var disk = new PlantedDisk();
        Run(disk, 9);
        string[] paths = [.. disk.Paths];
        string odd = new AgentFiles(disk, "/data", new RecordingLogger<LocalAgent>()).PathOf(AgentFiles.Services, Odd);
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

                (string state, IReadOnlyList<string> lines) = RunOnce(other);

                Assert.Contains(lines, line => line.Contains($"File {path} of the data directory is damaged", StringComparison.Ordinal));
                Assert.Equal(damaged, other.Peek(path + DurableFile.DamagedSuffix));
                Assert.Equal(path != odd, state.Contains(Odd, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Restart_UnknownFiles_AreSetAsideAndHalfWrittenOnesGo()
    {
        var disk = new PlantedDisk();
        Run(disk, 1);
        string known = disk.Paths.Single();
        disk.Plant("/data/services/README.txt", "hello"u8.ToArray());
        disk.Plant("/data/services/copy.json", disk.Peek(known));
        disk.Plant(known + ".tmp", "half"u8.ToArray());
        disk.Plant("/data/services/old.json.damaged", "x"u8.ToArray());

        (string state, IReadOnlyList<string> lines) = RunOnce(disk);

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
            await agent.RegisterServiceAsync(AgentFixture.Service("web"), s_kept);
            string path = disk.Paths.Single();
            byte[] before = disk.Peek(path);
            disk.IsFull = true;

            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await agent.RegisterServiceAsync(new ServiceRegistration { Name = "web", Port = 99 }, s_kept));
            DiscoveryException ofCheck = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await agent.RegisterCheckAsync(AgentFixture.Ttl("t"), null, s_kept));

            Assert.Equal((DiscoveryError.StorageFailed, WriteOutcome.NotApplied), (e.Error, e.WriteOutcome));
            Assert.Equal($"File {path} of the data directory could not be read or written: No space left on device", e.Message);
            Assert.Equal(DiscoveryError.StorageFailed, ofCheck.Error);
            Assert.Equal(80, agent.Services.Single().Service.Port);
            Assert.Empty(agent.Checks);
            Assert.Equal([path], disk.Paths);
            Assert.Equal(before, disk.Peek(path));
            Assert.Equal(["n1 web web:80 []"], node.Show());

            disk.IsFull = false;
            await agent.RegisterServiceAsync(new ServiceRegistration { Name = "web", Port = 99 }, s_kept);
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
                async () => await agent.RegisterServiceAsync(AgentFixture.Service("web"), s_kept));
            disk.FailsToSyncDirectories = false;
            bool isThere = agent.FindService("web") is not null;

            // The same again is written again, though the bytes on the disk may be these already.
            int calls = disk.Calls;
            await agent.RegisterServiceAsync(AgentFixture.Service("web"), s_kept);

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
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl()), s_kept);
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
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl()), s_kept);
            int calls = disk.Calls;
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl()), s_kept);
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
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl(seconds: 10)), s_kept);
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
        Run(disk, 7);
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
        Assert.Equal([Odd], Ids(disk));
    }

    [Fact]
    public void Restart_ScriptsNoLongerAllowed_TellsAndKeepsTheFile()
    {
        var disk = new PlantedDisk();
        var script = new CheckDefinition { CheckId = "s", Args = { "/bin/true" }, Interval = TimeSpan.FromSeconds(10) };
        var first = new AgentFixture { Disk = disk };
        first.Run(async () =>
            await (await first.StartAgentAsync()).RegisterServiceAsync(AgentFixture.Service("web", script), s_kept));
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
                async () => await agent.RegisterServiceAsync(AgentFixture.Service("web", check), s_kept));

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
            await agent.RegisterServiceAsync(AgentFixture.Service("web", check), s_kept);
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
            await agent.RegisterServiceAsync(AgentFixture.Service("web", AgentFixture.Ttl()), s_kept);
            await agent.StopAsync(leave: true);

            Assert.Empty(node.Rows.Services);
        });

        Assert.Equal(["web"], Ids(disk));
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

    // The state at the start and after each step that was acknowledged; none when the start itself failed.
    private static List<string> Run(PlantedDisk disk, int steps)
    {
        var states = new List<string>();
        var node = new AgentFixture { Disk = disk };
        node.Run(async () =>
        {
            try
            {
                LocalAgent agent = await node.StartAgentAsync();
                await agent.CompleteDeclarationsAsync();
                states.Add(Show(agent));
                foreach (Func<LocalAgent, ValueTask> step in s_script.Take(steps))
                {
                    await step(agent);
                    states.Add(Show(agent));
                }
            }
            catch (PlantedDisk.PowerFailure)
            {
            }
        });
        return states;
    }

    private static (string State, IReadOnlyList<string> Lines) RunOnce(PlantedDisk disk)
    {
        string state = "";
        var node = new AgentFixture { Disk = disk };
        node.Run(async () => state = Show(await node.StartAgentAsync()));
        return (state, node.Logger.Lines);
    }

    private static string Show(LocalAgent agent) => string.Join('\n', agent.Services
        .Select(static s => $"{s.Service.Id} {s.Service.Name}:{s.Service.Port}")
        .Concat(agent.Checks.Select(static c =>
            $"{c.Check.ServiceId}/{c.Check.CheckId} {c.Check.Status} {c.Check.Output} {c.Check.Notes} {c.Definition?.Kind}")));
}
