using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Discovery.PeerLoad;

/// <summary>Many blocked queries on one service, released by one change of it.</summary>
/// <remarks>
/// Prints one line: milliseconds until the last reply, microseconds of the server's processor time per reply, and bytes of the server's
/// resident memory per waiting query. Fails when a reply comes before the change, or does not show it.
/// </remarks>
internal static class Waiters
{
    private const int Rounds = 5;
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(int port, int pid, int count)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await RegisterAsync(http, "warm");
        var rounds = new List<(double Last, double Cpu, double Bytes)>();
        for (int round = 0; round < Rounds; round++)
        {
            rounds.Add(await RoundAsync(http, port, pid, count, string.Create(CultureInfo.InvariantCulture, $"round{round}")));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"waiters={count} last_ms={Median(rounds, r => r.Last):F0} cpu_us_per_reply={Median(rounds, r => r.Cpu):F1} ")
            + string.Create(CultureInfo.InvariantCulture, $"first_round_bytes_per_waiter={rounds[0].Bytes:F0}"));
        return 0;
    }

    private static async Task<(double Last, double Cpu, double Bytes)> RoundAsync(
        HttpClient http, int port, int pid, int count, string tag)
    {
        string index = (await http.GetAsync("/v1/health/service/waited")).Headers.GetValues("X-Consul-Index").First();
        await Task.Delay(s_settle);
        long before = ProcessUse.ResidentBytes(pid);
        byte[] request = Encoding.ASCII.GetBytes(
            $"GET /v1/health/service/waited?index={index}&wait=300s HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
        var sockets = new Socket[count];
        for (int i = 0; i < count; i++)
        {
            sockets[i] = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await sockets[i].ConnectAsync(IPAddress.Loopback, port);
            await sockets[i].SendAsync(request);
        }

        await Task.Delay(s_settle);
        long waiting = ProcessUse.ResidentBytes(pid);
        Task<long>[] replies = [.. sockets.Select(socket => ReadReplyAsync(socket, tag))];
        await Task.Delay(TimeSpan.FromMilliseconds(200));
        if (replies.Any(static reply => reply.IsCompleted))
        {
            throw new InvalidOperationException("A query came back before anything changed.");
        }

        TimeSpan cpu = ProcessUse.ProcessorTime(pid);
        long start = Stopwatch.GetTimestamp();
        Task change = RegisterAsync(http, tag);
        long[] ends = await Task.WhenAll(replies);
        await change;
        TimeSpan used = ProcessUse.ProcessorTime(pid) - cpu;
        foreach (Socket socket in sockets)
        {
            socket.Dispose();
        }

        return (
            Stopwatch.GetElapsedTime(start, ends.Max()).TotalMilliseconds,
            used.TotalMicroseconds / count,
            (waiting - before) / (double)count);
    }

    // Reads head and body; the body must show the tag that the change brought.
    private static async Task<long> ReadReplyAsync(Socket socket, string tag)
    {
        byte[] buffer = new byte[16384];
        int read = 0;
        while (true)
        {
            int got = await socket.ReceiveAsync(buffer.AsMemory(read));
            if (got == 0)
            {
                throw new InvalidOperationException("The server closed the connection of a waiting query.");
            }

            read += got;
            int head = buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
            if (head >= 0 && IsComplete(buffer.AsSpan(0, read), head))
            {
                long end = Stopwatch.GetTimestamp();
                return buffer.AsSpan(head, read - head).IndexOf(Encoding.ASCII.GetBytes(tag)) >= 0 ? end
                    : throw new InvalidOperationException("A query came back without the change.");
            }
        }
    }

    private static bool IsComplete(ReadOnlySpan<byte> reply, int head)
    {
        string text = Encoding.ASCII.GetString(reply[..head]);
        int at = text.IndexOf("content-length: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return reply.EndsWith("0\r\n\r\n"u8);
        }

        int end = text.IndexOf('\r', at);
        string length = end < 0 ? text[(at + 16)..] : text[(at + 16)..end];
        return reply.Length == head + 4 + int.Parse(length, CultureInfo.InvariantCulture);
    }

    private static async Task RegisterAsync(HttpClient http, string tag)
    {
        using var body = new StringContent($$"""{"ID":"w0","Name":"waited","Port":8000,"Tags":["{{tag}}"]}""");
        (await http.PutAsync("/v1/agent/service/register", body)).EnsureSuccessStatusCode();
    }

    private static double Median(
        List<(double Last, double Cpu, double Bytes)> rounds, Func<(double Last, double Cpu, double Bytes), double> of) =>
        rounds.Select(r => of(r)).Order().ElementAt(rounds.Count / 2);
}
