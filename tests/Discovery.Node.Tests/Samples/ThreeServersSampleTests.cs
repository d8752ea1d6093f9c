using System.Diagnostics;

namespace Discovery.Node.Samples;

/// <summary>The sample as somebody runs it: three processes, the leader killed, nothing lost.</summary>
[Trait("Kind", "RealSockets")]
public sealed class ThreeServersSampleTests
{
    [Fact]
    public async Task Run_LeaderKilledWhileWriting_LosesNothingThatWasAcknowledged()
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        string program = Path.GetFullPath(
            Path.Combine("../../../../../samples/ThreeServers", Path.GetRelativePath(
                Path.GetFullPath("../../..", AppContext.BaseDirectory), AppContext.BaseDirectory), "ThreeServers.dll"),
            AppContext.BaseDirectory);
        using Process sample = Process.Start(new ProcessStartInfo("dotnet", [program, "--kills", "1"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string output = await sample.StandardOutput.ReadToEndAsync(bound.Token);
        await sample.WaitForExitAsync(bound.Token);

        Assert.True(sample.ExitCode == 0, output);
        Assert.Matches("kill -9 of s[1-3], which leads", output);
        Assert.Equal(3, output.Split("acknowledged writes in its own state").Length - 1);
        Assert.DoesNotMatch("has 0 of", output);
    }
}
