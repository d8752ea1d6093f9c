using System.Globalization;

namespace ThreeServers;

/// <summary>One line per event, for logs and pipes. It wishes by itself: the leader is killed, and started again.</summary>
internal sealed class PlainScreen : IScreen
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(4);

    public void Say(string line) =>
        Console.WriteLine($"{DateTime.Now.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {line}");

    public void Show(IReadOnlyList<ServerProcess> servers)
    {
    }

    public void Written(int acknowledged, TimeSpan longestPause)
    {
        if (acknowledged % 100 == 0)
        {
            Say(string.Create(
                CultureInfo.InvariantCulture,
                $"{acknowledged} writes acknowledged, longest pause between two {longestPause.TotalMilliseconds:F0} ms"));
        }
    }

    public async Task<int?> NextWishAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(s_pause, cancellationToken);
        return null;
    }
}
