using System.Collections.Concurrent;
using System.Diagnostics;
using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Benchmarks.Transport;

/// <summary>What two servers of one process carry over loopback sockets.</summary>
internal static class TransportMeasurement
{
    private const int ValueBytes = 64;
    private const int LargeBytes = 16 * 1024 * 1024;

    public static async Task RunAsync(TextWriter output)
    {
        var directory = new StaticPeerDirectory();

        // Room for all that is on its way: what a full queue drops nobody here would send again.
        var options = new TransportOptions { QueueBytesMax = 4L * LargeBytes };
        await using TransportServer a = await TransportServer.StartAsync(1, directory, options);
        await using TransportServer b = await TransportServer.StartAsync(2, directory, options);
        foreach (int inFlight in (int[])[1, 64, 1024])
        {
            string load = $"{ValueBytes} bytes each, {inFlight,4} in flight";
            await MeasureAsync(output, $"acknowledged appends, {load}", () => AppendAsync(a, b, inFlight));
            await MeasureAsync(output, $"forwarded proposals,  {load}", () => ForwardAsync(a, b, inFlight));
        }

        await HeartbeatsAsync(output, a, b, values: 0);
        await HeartbeatsAsync(output, a, b, values: 40);
    }

    private static async Task MeasureAsync(TextWriter output, string what, Func<Task<int>> run)
    {
        await run();
        GC.Collect();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        int count = await run();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long bytes = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / count;
        output.WriteLine($"{what}: {count / seconds,9:N0}/s, {bytes,5} bytes allocated for each, both sides");
    }

    private static async Task<int> AppendAsync(TransportServer a, TransportServer b, int inFlight)
    {
        int count = 2_000 + (inFlight * 300);
        int sent = 0;
        int acknowledged = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        byte[] body = new byte[ValueBytes];
        void Send()
        {
            ulong number = (ulong)Interlocked.Increment(ref sent);
            if (number <= (ulong)count)
            {
                a.Transport.Send(new AppendRequest(
                    a.Id, b.Id, 1, new LogPosition(number, 1), [new LogEntry(number + 1, 1, EntryKind.Command, body)], 1, number));
            }
        }

        b.OnMessage = message => b.Transport.Send(new AppendAccepted(b.Id, a.Id, 1, 1, 1));
        a.OnMessage = message =>
        {
            if (Interlocked.Increment(ref acknowledged) == count)
            {
                done.SetResult();
            }

            Send();
        };
        for (int i = 0; i < inFlight; i++)
        {
            Send();
        }

        await done.Task;
        return count;
    }

    private static async Task<int> ForwardAsync(TransportServer a, TransportServer b, int inFlight)
    {
        int each = (2_000 + (inFlight * 300)) / inFlight;
        byte[] body = new byte[ValueBytes];
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(async _ =>
        {
            for (int i = 0; i < each; i++)
            {
                ProposalResult result = await a.Transport.ForwardAsync(
                    b.Id, new ForwardedProposal(EntryKind.Command, 1, Guid.Empty, 1, body), default);
                Invariant.Check(result.Outcome == ProposalOutcome.Applied, "a proposal that got lost");
            }
        }));
        return each * inFlight;
    }

    private static async Task HeartbeatsAsync(TextWriter output, TransportServer a, TransportServer b, int values)
    {
        var delays = new ConcurrentQueue<double>();
        int arrived = 0;
        b.OnMessage = message =>
        {
            if (message is Heartbeat beat)
            {
                delays.Enqueue(Stopwatch.GetElapsedTime((long)beat.Stamp).TotalMilliseconds);
            }
            else
            {
                Interlocked.Increment(ref arrived);
            }
        };
        byte[] body = new byte[LargeBytes];
        new Random(1).NextBytes(body);
        long start = Stopwatch.GetTimestamp();
        int sent = 0;
        while (values == 0 ? Stopwatch.GetElapsedTime(start).TotalSeconds < 2 : Volatile.Read(ref arrived) < values)
        {
            // Two on their way, so that there is always one.
            for (; sent < values && sent - Volatile.Read(ref arrived) < 2; sent++)
            {
                a.Transport.Send(new AppendRequest(
                    a.Id, b.Id, 1, LogPosition.Zero, [new LogEntry(1, 1, EntryKind.Command, body)], 1, 1));
            }

            a.Transport.Send(new Heartbeat(a.Id, b.Id, 1, 1, (ulong)Stopwatch.GetTimestamp()));
            await Task.Delay(2);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double[] ordered = [.. delays.Order()];
        output.WriteLine(
            $"heartbeats beside {values,2} values of 16 MB ({values * 16 / seconds,5:N0} MB/s): "
            + $"median {ordered[ordered.Length / 2],6:N3} ms, "
            + $"99th {ordered[ordered.Length * 99 / 100],6:N3} ms, worst {ordered[^1],6:N3} ms of {ordered.Length}");
    }
}
