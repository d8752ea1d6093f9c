using System.Globalization;
using Discovery;

namespace QuickStart;

/// <summary>One line per event, for logs and pipes. It wishes by itself: every few seconds it breaks or kills one and undoes it.</summary>
internal sealed class PlainScreen : IDemoScreen
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(4);
    private int _wishes;

    public void Say(string line) =>
        Console.WriteLine($"{DateTime.Now.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {line}");

    public void Show(DemoState state)
    {
        string instances = string.Join(", ", state.Instances.Select(static instance =>
            string.Create(CultureInfo.InvariantCulture, $"{instance.Id} :{instance.Port} {instance.Status}")));
        string calls = string.Join(" ", state.Answered.OrderBy(static pair => pair.Key, StringComparer.Ordinal)
            .Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")));
        Say(string.Create(CultureInfo.InvariantCulture, $"[{instances}] answered: {calls}; failed calls: {state.Failed}"));
    }

    public async Task<DemoWish> NextWishAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Pause, cancellationToken);
        int turn = _wishes++ / 2;
        return new DemoWish(turn % 3, turn % 2 == 0 ? DemoDeed.BreakOrMend : DemoDeed.KillOrRestart);
    }
}
