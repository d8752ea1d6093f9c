using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Discovery.Benchmarks.Store;

/// <summary>How long a full blocking collection stops a process that keeps a million keys.</summary>
internal static class CollectionMeasurement
{
    private const int Keys = 1_000_000;
    private const int KeysPerCommand = 64;
    private const int Collections = 11;
    private const long RingBytesMax = 64 << 20;

    /// <param name="output">Takes the figures.</param>
    /// <param name="parts">Of <c>ordered</c>, <c>random</c> and <c>restored</c>, how the keys came in.</param>
    public static void Run(TextWriter output, ReadOnlySpan<string> parts)
    {
        foreach (string part in parts)
        {
            Measure(output, part);
        }
    }

    private static void Measure(TextWriter output, string part)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        StoreLoad load = Fill(part);
        var times = new List<double>();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        for (int i = 0; i < Collections; i++)
        {
            long start = Stopwatch.GetTimestamp();
            GC.Collect();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        cpu = Environment.CpuUsage.TotalTime - cpu;
        GCMemoryInfo info = GC.GetGCMemoryInfo(GCKind.FullBlocking);
        long live = GC.GetTotalMemory(forceFullCollection: false) - before;
        times.Sort();
        output.WriteLine(
            $"{Keys,9} keys, {part,-8}: collected in {times[Collections / 2]:N0} ms (best {times[0]:N0}, worst {times[^1]:N0}, "
            + $"processor {cpu.TotalMilliseconds / Collections:N0}), {live / Keys} B live a key, "
            + $"fragmented {info.FragmentedBytes >> 20} MiB");
        GC.KeepAlive(load);
    }

    private static StoreLoad Fill(string part)
    {
        var keys = new byte[Keys][];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"bench/{i:d6}"));
        }

        if (part == "random")
        {
            new Random(3).Shuffle(keys);
        }

        var load = new StoreLoad(RingBytesMax);
        for (int from = 0; from < keys.Length; from += KeysPerCommand)
        {
            load.Apply(load.Puts(keys.AsSpan(from, KeysPerCommand)));
        }

        if (part != "restored")
        {
            return load;
        }

        using var stream = new MemoryStream();
        load.Machine.WriteSnapshot(stream);
        stream.Position = 0;
        var other = new StoreLoad(RingBytesMax);
        StateSnapshot read = other.Machine.ReadSnapshot(stream);
        other.Machine.Restore(read, read.Index + 1, Guid.Empty, TimeSpan.Zero);
        return other;
    }
}
