using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Discovery.PeerLoad;

/// <summary>How long a process takes from exec to its open HTTP port, and to its first successful write.</summary>
internal static class StartTime
{
    private static readonly TimeSpan s_giveUp = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(int port, int times, int together, string[] command)
    {
        var runs = new List<(double Open, double Write)>();
        for (int i = 0; i < times; i++)
        {
            runs.AddRange(await Task.WhenAll(Enumerable.Range(0, together).Select(n => OnceAsync(port + (n * 10), command))));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"together={together} open_ms={Median(runs.Select(r => r.Open)):F0} open_max_ms={runs.Max(r => r.Open):F0} ")
            + string.Create(
                CultureInfo.InvariantCulture,
                $"first_write_ms={Median(runs.Select(r => r.Write)):F0} first_write_max_ms={runs.Max(r => r.Write):F0}"));
        return 0;
    }

    private static async Task<(double Open, double Write)> OnceAsync(int port, string[] command)
    {
        var info = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in command.Skip(1))
        {
            info.ArgumentList.Add(Fill(argument, port));
        }

        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(info)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await OpenAsync(port, start);
            double open = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await WriteAsync(http, start);
            return (open, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    // {port} is the HTTP port, {port+1} and so on the ones behind it.
    private static string Fill(string argument, int port)
    {
        for (int i = 0; i < 10; i++)
        {
            argument = argument.Replace(
                i == 0 ? "{port}" : $"{{port+{i}}}", (port + i).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        return argument;
    }

    private static async Task OpenAsync(int port, long start)
    {
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(start) < s_giveUp)
            {
                await Task.Delay(2);
            }
        }
    }

    private static async Task WriteAsync(HttpClient http, long start)
    {
        while (true)
        {
            using var body = new StringContent("""{"Node":"outside","Address":"192.0.2.1","Service":{"Service":"db","Port":5432}}""");
            using HttpResponseMessage reply = await http.PutAsync("/v1/catalog/register", body);
            if (reply.IsSuccessStatusCode)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(start) > s_giveUp)
            {
                throw new InvalidOperationException($"No write succeeded: {await reply.Content.ReadAsStringAsync()}");
            }

            await Task.Delay(5);
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
