using System.Globalization;

namespace ThreeServers;

/// <summary>A table that is drawn again at every change, with the last events below it. Keys 1 to 3 kill a server or start it.</summary>
internal sealed class LiveScreen : IScreen
{
    private const int EventsMax = 12;
    private readonly Lock _lock = new();
    private readonly Queue<string> _events = new();
    private IReadOnlyList<ServerProcess> _servers = [];
    private int _acknowledged;
    private TimeSpan _longestPause;

    public void Say(string line)
    {
        lock (_lock)
        {
            _events.Enqueue($"{DateTime.Now.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {line}");
            while (_events.Count > EventsMax)
            {
                _events.Dequeue();
            }

            Draw();
        }
    }

    public void Show(IReadOnlyList<ServerProcess> servers)
    {
        lock (_lock)
        {
            _servers = servers;
            Draw();
        }
    }

    public void Written(int acknowledged, TimeSpan longestPause)
    {
        lock (_lock)
        {
            (_acknowledged, _longestPause) = (acknowledged, longestPause);
            Draw();
        }
    }

    public async Task<int?> NextWishAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (Console.KeyAvailable)
            {
                if (Console.ReadKey(intercept: true).KeyChar is >= '1' and <= '3' and var key)
                {
                    return key - '1';
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    private void Draw()
    {
        var lines = new List<string> { $"{"",2}{"server",-8}{"process",-9}{"state",-10}{"term",6}{"index",9}  job" };
        for (int i = 0; i < _servers.Count; i++)
        {
            ServerProcess server = _servers[i];
            string state = !server.IsAlive ? "\u001b[31mgone      \u001b[0m"
                : server.Leader == server.Name ? "\u001b[32mleads     \u001b[0m"
                : server.Leader is null ? "\u001b[33mwaits     \u001b[0m"
                : "follows   ";
            string job = server.HasJob ? string.Create(CultureInfo.InvariantCulture, $"counts: {server.Count}") : "";
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{i + 1} {server.Name,-8}{server.ProcessId,-9}{state}{server.Term,6}{server.Index,9}  {job}"));
        }

        lines.Add("");
        lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{_acknowledged} writes acknowledged, longest pause between two {_longestPause.TotalMilliseconds:F0} ms"));
        lines.Add("");
        lines.AddRange(_events);
        lines.Add("");
        lines.Add("keys: 1 2 3 kill a server (kill -9) or start it again, Ctrl-C ends");
        Console.Write("\u001b[H\u001b[2J" + string.Join(Environment.NewLine, lines) + Environment.NewLine);
    }
}
