using Discovery.Testing;
using Xunit.Abstractions;

namespace Discovery.Storage;

/// <summary>Crashes at every call of the disk, and whatever of the unsynced sectors and names survives them.</summary>
public sealed class LogCrashTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task EveryCall_CrashedBeforeAndAfter_RecoversWhatWasAcknowledged(int story)
    {
        const int Steps = 60;
        const int Losses = 4;
        var whole = new SimulatedDisk();
        await TellAsync(whole, story, Steps);
        int recoveries = 0;
        for (int call = 1; call <= whole.Calls; call++)
        {
            foreach (bool isAfter in (bool[])[false, true])
            {
                for (int loss = 0; loss < Losses; loss++)
                {
                    var disk = new SimulatedDisk { CrashAt = call, CrashesAfterCall = isAfter };
                    LogModel model = await TellAsync(disk, story, Steps);
                    await RecoverAsync(disk.Crashed((call * 100) + loss), model, call + loss);
                    recoveries++;
                }
            }
        }

        output.WriteLine($"{whole.Calls} calls, {recoveries} recoveries");
        Assert.True(recoveries > whole.Calls);
    }

    /// <summary>Tells a story until it ends or the power does.</summary>
    internal static async Task<LogModel> TellAsync(IDisk disk, int seed, int steps)
    {
        var story = new LogStory(disk, seed);
        try
        {
            await story.OpenAsync();
            await story.RunAsync(steps);
            await story.CloseAsync();
        }
        catch (DiskCrashException)
        {
        }

        return story.Model;
    }

    private static async Task RecoverAsync(SimulatedDisk disk, LogModel model, int seed)
    {
        var story = new LogStory(disk, seed, model);
        await story.OpenAsync();
        await story.RunAsync(3);
        await story.CloseAsync();
    }
}
