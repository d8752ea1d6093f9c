using System.Diagnostics;
using System.Globalization;
using System.Text;
using Discovery.KeyValue;

namespace Discovery.Benchmarks.Store;

/// <summary>What a key/value store of a million keys costs: loading, heap, reading, scanning, snapshots.</summary>
internal static class StoreMeasurement
{
    private const int Gets = 500_000;
    private const int Scans = 200;

    /// <param name="output">Takes the figures.</param>
    /// <param name="counts">How many keys.</param>
    /// <param name="parts">Of <c>ordered</c>, <c>random</c> and <c>bytes</c>, what to measure.</param>
    public static void Run(TextWriter output, ReadOnlySpan<int> counts, ReadOnlySpan<string> parts)
    {
        Fill(TextWriter.Null, "warm-up", StoreKeys.Paths(100_000), isShuffled: true);
        foreach (int count in counts)
        {
            foreach (string part in parts)
            {
                byte[][] keys = part == "bytes" ? StoreKeys.Random(count) : StoreKeys.Paths(count);
                Measure(output, part, keys);
            }
        }
    }

    private static void Measure(TextWriter output, string part, byte[][] keys)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{keys.Length,9} keys, {part,-7}");
        StoreLoad load = Fill(output, name, keys, isShuffled: part != "ordered");
        Get(output, name, load, keys);
        if (part != "bytes")
        {
            Scan(output, name, load, keys);
        }

        Snapshot(output, name, load);
        GC.KeepAlive(load);
    }

    private static StoreLoad Fill(TextWriter output, string name, byte[][] keys, bool isShuffled)
    {
        byte[][] order = [.. keys];
        if (isShuffled)
        {
            new Random(3).Shuffle(order);
        }

        var load = new StoreLoad();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        TimeSpan applying = default;
        TimeSpan paused = default;
        long allocated = 0;
        for (int from = 0; from < order.Length; from += StoreLoad.PutsPerCommand)
        {
            StateEntry entry = load.Puts(order.AsSpan(from, Math.Min(StoreLoad.PutsPerCommand, order.Length - from)));
            long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan pausedBefore = GC.GetTotalPauseDuration();
            long start = Stopwatch.GetTimestamp();
            load.Apply(entry);
            applying += Stopwatch.GetElapsedTime(start);
            paused += GC.GetTotalPauseDuration() - pausedBefore;
            allocated += GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        }

        long live = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine(
            $"{name}: load {order.Length / applying.TotalSeconds,9:N0} keys/s (paused {100 * (paused / applying):N0} %), "
            + $"{live / order.Length,4:N0} B live and {allocated / order.Length,5:N0} B allocated a key");
        GC.KeepAlive(order);
        GC.KeepAlive(keys);
        return load;
    }

    // What is looked up lies in memory in the order of the lookups, so that the time is that of the store and not of the measurement.
    private static void Get(TextWriter output, string name, StoreLoad load, byte[][] keys)
    {
        bool isText = keys[0].AsSpan().StartsWith("app/"u8);
        var random = new Random(5);
        var sought = new object[Gets];
        for (int i = 0; i < sought.Length; i++)
        {
            byte[] key = keys[random.Next(keys.Length)];
            sought[i] = isText ? Encoding.UTF8.GetString(key) : key.AsSpan().ToArray();
        }

        GC.Collect();
        StateSnapshot snapshot = load.Machine.Current;
        var times = new List<double>();
        var bare = new List<double>();
        long allocated = 0;
        for (int round = 0; round < 9; round++)
        {
            long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            int found = Lookups(snapshot, load.Module.Keys.Entries, sought);
            times.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / Gets);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
            Invariant.Check(found == Gets, "a key that is not found");
            start = Stopwatch.GetTimestamp();
            Lookups(null, load.Module.Keys.Entries, sought);
            bare.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / Gets);
        }

        times.Sort();
        bare.Sort();
        output.WriteLine(
            $"{name}: get {times[times.Count / 2],4:N0} ns (best {times[0]:N0}; {bare[bare.Count / 2]:N0} without the lookup), "
            + $"{allocated / Gets} B");
    }

    private static int Lookups(StateSnapshot? snapshot, StateTable<KeyValueEntry> rows, object[] sought)
    {
        Span<byte> buffer = stackalloc byte[128];
        int found = 0;
        foreach (object key in sought)
        {
            ReadOnlySpan<byte> bytes = key is string text ? buffer[..Encoding.UTF8.GetBytes(text, buffer)] : (byte[])key;
            found += snapshot is null ? bytes.Length : snapshot.Get(rows, bytes) is not null ? 1 : 0;
        }

        return found;
    }

    // A folder has a thousand keys. The same folder again and again shows the work, another one each time what memory costs.
    private static void Scan(TextWriter output, string name, StoreLoad load, byte[][] keys)
    {
        StateSnapshot snapshot = load.Machine.Current;
        var same = new List<double>();
        var other = new List<double>();
        var random = new Random(6);
        long allocated = 0;
        for (int i = 0; i < Scans; i++)
        {
            other.Add(ScanFolder(snapshot, load.Module, Folder(keys[random.Next(keys.Length)]), out _));
            ScanFolder(snapshot, load.Module, Folder(keys[0]), out _);
            same.Add(ScanFolder(snapshot, load.Module, Folder(keys[0]), out allocated));
        }

        same.Sort();
        other.Sort();
        output.WriteLine(
            $"{name}: scan of 1,000 keys {same[Scans / 2],5:N1} us when just read, {other[Scans / 2],5:N1} us anywhere, {allocated} B");
    }

    private static byte[] Folder(byte[] key) => key[..(key.AsSpan().LastIndexOf((byte)'/') + 1)];

    private static double ScanFolder(StateSnapshot snapshot, KeyValueModule module, byte[] prefix, out long allocated)
    {
        long allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        int count = 0;
        foreach (KeyValueEntry row in snapshot.Scan(module.Keys.Entries, prefix))
        {
            count += row.Flags == 0 ? 1 : 0;
        }

        double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        Invariant.Check(count == StoreKeys.KeysPerFolder, "a folder that is not whole");
        return time;
    }

    private static void Snapshot(TextWriter output, string name, StoreLoad load)
    {
        using var stream = new MemoryStream(300 * 1024 * 1024);
        long start = Stopwatch.GetTimestamp();
        load.Machine.WriteSnapshot(stream);
        TimeSpan writing = Stopwatch.GetElapsedTime(start);
        stream.Position = 0;
        int count = load.Machine.Current.Count(load.Module.Keys.Entries);
        var other = new StoreLoad();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        start = Stopwatch.GetTimestamp();
        StateSnapshot read = other.Machine.ReadSnapshot(stream);
        other.Machine.Restore(read, read.Index + 1, Guid.Empty, TimeSpan.Zero);
        TimeSpan reading = Stopwatch.GetElapsedTime(start);
        long live = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine(
            $"{name}: snapshot of {stream.Length >> 20} MiB written in {writing.TotalSeconds:N2} s, "
            + $"restored in {reading.TotalSeconds:N2} s, {live / count} B live a key");
        GC.KeepAlive(other);
    }
}
