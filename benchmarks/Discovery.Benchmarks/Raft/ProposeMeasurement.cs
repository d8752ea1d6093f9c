using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Discovery.Benchmarks.Raft;

/// <summary>
/// Commits per second of three servers in this process, each with its own log on the disk, over sockets on loopback: proposed at the
/// leader, so many in flight.
/// </summary>
internal static class ProposeMeasurement
{
    private const int Rounds = 5;
    private static readonly TimeSpan s_warm = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_each = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(TextWriter output, string directory, int firstPort)
    {
        string place = Path.Combine(directory, $"discovery-propose-{Guid.NewGuid():N}");
        RaftServerHost[] servers = [.. Enumerable.Range(0, 3).Select(number => new RaftServerHost(number, firstPort, place))];
        try
        {
            await Task.WhenAll(servers.Select(static server => server.StartAsync()));
            RaftServerHost leader = await LeaderAsync(servers);
            output.WriteLine("               in flight    commits/s      p50 us      p99 us   bytes/commit   us of processor/commit");
            await MeasureAsync(output, "log", 256, s_warm, 1, Note(leader), isShown: false);
            foreach (int inFlight in new[] { 1, 64, 256, 1024 })
            {
                await MeasureAsync(output, "log", inFlight, s_each, Rounds, Note(leader), isShown: true);
            }

            await MeasureAsync(output, "keys", 256, s_warm, 1, Put(leader), isShown: false);
            await MeasureAsync(output, "keys", 256, s_each, Rounds, Put(leader), isShown: true);
        }
        finally
        {
            foreach (RaftServerHost server in servers)
            {
                await server.DisposeAsync();
            }

            Directory.Delete(place, recursive: true);
        }
    }

    private static async Task<RaftServerHost> LeaderAsync(RaftServerHost[] servers)
    {
        while (true)
        {
            if (servers.FirstOrDefault(static server => server.Log.Leadership.IsLeader) is { } leader)
            {
                return leader;
            }

            await Task.Delay(50);
        }
    }

    private static Func<int, ValueTask> Note(RaftServerHost leader)
    {
        ICommandLog log = leader.Log;
        byte[] body = Encoding.UTF8.GetBytes(new string('x', 64));
        return async _ =>
        {
            ProposalResult result = await log.ProposeAsync(
                new CommandProposal(NoteModule.CommandId, body, Guid.Empty, 0, CallContext.Local));
            Check(result.Outcome == ProposalOutcome.Applied && result.Command.Status == CommandStatus.Applied, result.Refusal);
        };
    }

    private static Func<int, ValueTask> Put(RaftServerHost leader)
    {
        IKeyValueStore store = leader.Keys;
        KeyValueKey[] keys = [.. Enumerable.Range(0, 1000).Select(static i => new KeyValueKey($"bench/{i}"))];
        byte[] value = Encoding.UTF8.GetBytes(new string('x', 64));
        return async number =>
        {
            KeyValueResult result = await store.PutAsync(keys[number % keys.Length], value);
            Check(result.IsApplied, result.Refusal);
        };
    }

    private static void Check(bool isApplied, object? refusal)
    {
        if (!isApplied)
        {
            throw new InvalidOperationException($"It was not applied: {refusal}.");
        }
    }

    private static async Task MeasureAsync(
        TextWriter output, string what, int inFlight, TimeSpan each, int rounds, Func<int, ValueTask> propose, bool isShown)
    {
        var rows = new List<(double Rate, double Median, double Last, double Bytes, double Cpu)>();
        for (int round = 0; round < rounds; round++)
        {
            var times = new List<long>[inFlight];
            long bytes = GC.GetTotalAllocatedBytes();
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            long began = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, inFlight).Select(one => Task.Run(async () =>
            {
                List<long> mine = times[one] = [];
                for (int number = one; Stopwatch.GetElapsedTime(began) < each; number++)
                {
                    long sent = Stopwatch.GetTimestamp();
                    await propose(number);
                    mine.Add(Stopwatch.GetTimestamp() - sent);
                }
            })));
            double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            cpu = Environment.CpuUsage.TotalTime - cpu;
            bytes = GC.GetTotalAllocatedBytes() - bytes;
            long[] all = [.. times.SelectMany(static mine => mine).Order()];
            double us = 1e6 / Stopwatch.Frequency;
            rows.Add((
                all.Length / seconds, all[all.Length / 2] * us, all[(int)(all.Length * 0.99)] * us, (double)bytes / all.Length,
                cpu.TotalMicroseconds / all.Length));
        }

        if (isShown)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{what,14} {inFlight,10:N0} {Median(rows, static r => r.Rate),12:N0} {Median(rows, static r => r.Median),11:N0} "
                + $"{Median(rows, static r => r.Last),11:N0} {Median(rows, static r => r.Bytes),14:N0} "
                + $"{Median(rows, static r => r.Cpu),12:N1}   best {rows.Max(static r => r.Rate):N0}/s"));
        }
    }

    private static double Median<T>(List<T> rows, Func<T, double> column) => rows.Select(column).Order().ElementAt(rows.Count / 2);
}
