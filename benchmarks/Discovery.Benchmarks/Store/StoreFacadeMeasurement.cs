using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Discovery.Benchmarks.Store;

/// <summary>What the store costs an app: loading through transactions of the facade, and reading.</summary>
internal static class StoreFacadeMeasurement
{
    private const int StepsPerTransaction = 4_096;
    private const int InFlight = 4;

    public static async Task RunAsync(TextWriter output, int count)
    {
        foreach (string part in (string[])["ordered", "random"])
        {
            using IHost host = Build();
            await host.StartAsync();
            var store = host.Services.GetRequiredService<IKeyValueStore>();
            byte[][] keys = StoreKeys.Paths(count);
            if (part == "random")
            {
                new Random(3).Shuffle(keys);
            }

            long start = Stopwatch.GetTimestamp();
            await LoadAsync(store, keys);
            double rate = count / Stopwatch.GetElapsedTime(start).TotalSeconds;
            output.WriteLine($"{count,9} keys, {part,-7}: {rate,9:N0} keys/s through the facade, {InFlight} transactions in flight");
            output.WriteLine($"{count,9} keys, {part,-7}: {Scan(store, keys),9:N1} us to list a folder of 1,000");
            await host.StopAsync();
        }
    }

    private static IHost Build()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddDiscovery(static node => node.NodeName = "n1").AddKeyValue();
        return builder.Build();
    }

    private static async Task LoadAsync(IKeyValueStore store, byte[][] keys)
    {
        var random = new Random(9);
        var running = new Queue<Task<TransactionResult>>();
        for (int from = 0; from < keys.Length; from += StepsPerTransaction)
        {
            var steps = new TransactionOperation[Math.Min(StepsPerTransaction, keys.Length - from)];
            for (int i = 0; i < steps.Length; i++)
            {
                var value = new byte[64];
                random.NextBytes(value);
                steps[i] = new KeyValueOperation(KeyValueVerb.Set, keys[from + i]) { Value = value };
            }

            if (running.Count == InFlight)
            {
                await running.Dequeue();
            }

            running.Enqueue(store.TransactAsync(steps).AsTask());
        }

        await Task.WhenAll(running);
    }

    private static double Scan(IKeyValueStore store, byte[][] keys)
    {
        var random = new Random(6);
        var times = new List<double>();
        for (int i = 0; i < 200; i++)
        {
            byte[] key = keys[random.Next(keys.Length)];
            byte[] folder = key[..(key.AsSpan().LastIndexOf((byte)'/') + 1)];
            long start = Stopwatch.GetTimestamp();
            int found = store.List(folder).Count;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            Invariant.Check(found == StoreKeys.KeysPerFolder, "a folder that is not whole");
        }

        times.Sort();
        return times[times.Count / 2];
    }
}
