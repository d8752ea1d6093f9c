using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;

namespace ThreeServers;

/// <summary>A client that writes without end, to any server that lives, and remembers what it was told is safe.</summary>
internal sealed class Writer(Cluster cluster, IScreen screen) : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(3) };
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>How many writes were acknowledged: keys 1 to this.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>The longest time between two acknowledged writes since somebody was killed.</summary>
    public TimeSpan LongestPause { get; private set; }

    public void ForgetPause() => LongestPause = TimeSpan.Zero;

    public async Task RunAsync(CancellationToken stop)
    {
        for (int turn = 0; !stop.IsCancellationRequested; turn++)
        {
            ServerProcess[] alive = [.. cluster.Servers.Where(static server => server.IsAlive)];
            if (alive.Length > 0 && await TryWriteAsync(alive[turn % alive.Length], stop))
            {
                Acknowledged++;
                TimeSpan pause = Stopwatch.GetElapsedTime(_last);
                _last = Stopwatch.GetTimestamp();
                if (Acknowledged > 1 && pause > LongestPause)
                {
                    LongestPause = pause;
                }

                screen.Written(Acknowledged, LongestPause);
            }

            await Task.Delay(s_pause, stop);
        }
    }

    /// <summary>How many of the acknowledged writes a server has in its own state, without asking the others.</summary>
    public async Task<int> CountAsync(ServerProcess server, CancellationToken stop)
    {
        string[]? keys = await _client.GetFromJsonAsync<string[]>(new Uri(server.Http, "v1/kv/written/?keys&stale"), stop);
        HashSet<string> known = [.. keys ?? []];
        return Enumerable.Range(1, Acknowledged).Count(number => known.Contains(KeyOf(number)));
    }

    public void Dispose() => _client.Dispose();

    private async Task<bool> TryWriteAsync(ServerProcess server, CancellationToken stop)
    {
        try
        {
            using HttpResponseMessage answer = await _client.PutAsync(
                new Uri(server.Http, "v1/kv/" + KeyOf(Acknowledged + 1)), new StringContent("x"), stop);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private static string KeyOf(int number) => string.Create(CultureInfo.InvariantCulture, $"written/{number:D8}");
}
