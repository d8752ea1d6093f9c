using System.Globalization;

namespace Discovery.Health;

[Trait("Kind", "RealSockets")]
public class ScriptCheckProbeTests : ProbeRealTests
{
    private static CheckDefinition Script(string text) => new() { Args = ["/bin/sh", "-c", text] };

    [SkippableTheory]
    [InlineData("echo fine", CheckStatus.Passing, "fine\n")]
    [InlineData("echo hm; exit 1", CheckStatus.Warning, "hm\n")]
    [InlineData("echo bad 1>&2; exit 2", CheckStatus.Critical, "bad\n")]
    [InlineData("kill -9 $$", CheckStatus.Critical, "")]
    [InlineData("cat", CheckStatus.Passing, "")]
    public async Task RunAsync_ExitCode_DecidesTheStatus(string text, CheckStatus status, string output)
    {
        Skip.If(OperatingSystem.IsWindows(), "needs /bin/sh");
        Assert.Equal(new CheckResult(status, output), await RunAsync(Script(text)));
    }

    [SkippableFact]
    public async Task RunAsync_Arguments_PassNoShell()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs echo");
        CheckResult result = await RunAsync(new CheckDefinition { Args = ["echo", "$HOME", "a b", "*", "\"q\""] });

        Assert.Equal(CheckResult.Passing("$HOME a b * \"q\"\n"), result);
    }

    [Fact]
    public async Task RunAsync_NoSuchProgram_IsCritical() =>
        Assert.Equal(CheckStatus.Critical, (await RunAsync(new CheckDefinition { Args = ["/no/such/program"] })).Status);

    [Fact]
    public async Task RunAsync_NotEnabled_IsRefused() =>
        Assert.Equal(
            CheckResult.Critical(CheckDefinitionValidator.DisabledText),
            await RunAsync(Script("echo x"), options: new HealthOptions()));

    [SkippableFact]
    public async Task RunAsync_LongOutput_KeepsTheLastBytesAndSaysSo()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs /bin/sh");
        CheckDefinition definition = Script("i=0; while [ $i -lt 500 ]; do echo line $i; i=$((i+1)); done");
        definition.OutputMaxSize = 20;

        Assert.Equal(CheckResult.Passing("Captured 20 of 4390 bytes\n...\n7\nline 498\nline 499\n"), await RunAsync(definition));
    }

    [SkippableFact]
    public async Task RunAsync_Flood_IsKilledAtTheLimit()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs /bin/sh");
        CheckDefinition definition = Script("yes");
        definition.OutputMaxSize = 4;
        CheckResult result = await RunAsync(
            definition, options: new HealthOptions { EnableScriptChecks = true, ProbeReadBytesMax = 100_000 });

        Assert.Equal(CheckStatus.Critical, result.Status);
        Assert.StartsWith("The output has more than 100000 bytes\n\nCaptured 4 of ", result.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task RunAsync_Timeout_KillsAllThatTheScriptStarted()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs setsid and /proc");
        // The second sleep has lost its parent when the time is up; only the group still knows it.
        CheckResult result = await RunAsync(Script("echo started; sleep 300 & echo $!; (sleep 301 & echo $!); sleep 302"), Short);
        string[] lines = result.Output.Split('\n');

        Assert.Equal(CheckStatus.Critical, result.Status);
        Assert.Equal(["Timed out (0.5s) running check", "", "started"], lines[..3]);
        foreach (string line in lines[3..5])
        {
            int id = int.Parse(line, CultureInfo.InvariantCulture);
            long deadline = Environment.TickCount64 + 10_000;
            while (IsAlive(id))
            {
                Assert.True(Environment.TickCount64 < deadline, $"process {id} outlived its check");
                await Task.Delay(20);
            }
        }
    }

    [SkippableFact]
    public async Task RunAsync_DaemonKeepsThePipe_ResultComesAnyway()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs /bin/sh");
        CheckResult result = await RunAsync(Script("sleep 15 & echo done"));

        Assert.Equal(CheckResult.Passing("done\n"), result);
    }

    private static bool IsAlive(int id)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
