using System.Globalization;
using Discovery;

namespace QuickStart;

/// <summary>A table that is drawn again at every change, with the last events below it. Keys 1 to 6 do the deeds.</summary>
internal sealed class LiveScreen : IDemoScreen
{
    private const int EventsMax = 8;
    private const int ColumnsBeforeOutput = 63;
    private const int WidthMin = 80;
    private readonly Lock _lock = new();
    private readonly Queue<string> _events = new();
    private DemoState _state = new([], new Dictionary<string, int>(StringComparer.Ordinal), 0);

    public void Say(string line)
    {
        lock (_lock)
        {
            _events.Enqueue($"{DateTime.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} {line}");
            while (_events.Count > EventsMax)
            {
                _events.Dequeue();
            }

            Draw();
        }
    }

    public void Show(DemoState state)
    {
        lock (_lock)
        {
            _state = state;
            Draw();
        }
    }

    public async Task<DemoWish> NextWishAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (Console.KeyAvailable)
            {
                char key = Console.ReadKey(intercept: true).KeyChar;
                if (key is >= '1' and <= '6')
                {
                    return new DemoWish((key - '1') % 3, key <= '3' ? DemoDeed.BreakOrMend : DemoDeed.KillOrRestart);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    private void Draw()
    {
        int width = Math.Max(WidthMin, Console.WindowWidth) - 1;
        var lines = new List<string> { $"{"",2}{"instance",-14}{"address",-24}{"health",-12}{"answered",9}  check says" };
        for (int i = 0; i < _state.Instances.Count; i++)
        {
            ServiceInstance instance = _state.Instances[i];
            _state.Answered.TryGetValue(instance.Id, out int answered);
            string address = string.Create(CultureInfo.InvariantCulture, $"{instance.Address}:{instance.Port}");
            string colour = instance.IsPassing ? "\u001b[32m" : "\u001b[31m";
            string output = instance.Checks.Count > 0 ? instance.Checks[^1].Output.ReplaceLineEndings(" ") : "";
            string shown = Cut(output, width - ColumnsBeforeOutput);
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{i + 1} {instance.Id,-14}{address,-24}{colour}{instance.Status,-12}\u001b[0m{answered,9}  {shown}"));
        }

        lines.Add(string.Create(CultureInfo.InvariantCulture, $"failed calls: {_state.Failed}"));
        lines.Add("");
        lines.AddRange(_events.Select(line => Cut(line, width)));
        lines.Add("");
        lines.Add("keys: 1 2 3 break or mend an instance, 4 5 6 kill it or bring it back, Ctrl-C ends");
        Console.Write("\u001b[H\u001b[2J" + string.Join(Environment.NewLine, lines) + Environment.NewLine);
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}
