using System.Diagnostics;

namespace Discovery.Peers.Clients;

/// <summary>Waits for what another process comes to in its own time.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    /// <param name="holds">What is awaited.</param>
    /// <param name="tell">What is there instead, when it is awaited in vain.</param>
    public static async Task HoldsAsync(Func<Task<bool>> holds, Func<string> tell)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(watch.Elapsed < Deadline, $"not within {Deadline}:\n{tell()}");
            await Task.Delay(50);
        }
    }

    public static Task HoldsAsync(Func<bool> holds, Func<string> tell) => HoldsAsync(() => Task.FromResult(holds()), tell);
}
