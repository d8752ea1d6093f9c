using BenchmarkDotNet.Running;
using Discovery.Benchmarks;
using Discovery.Benchmarks.Log;
using Discovery.Benchmarks.Raft;
using Discovery.Benchmarks.Store;
using Discovery.Benchmarks.Transport;

if (args is ["heap"])
{
    HeapMeasurement.Run(Console.Out);
    return;
}

if (args is ["store", .. string[] parts])
{
    StoreMeasurement.Run(Console.Out, [1_000, 1_000_000], parts.Length > 0 ? parts : ["ordered", "random", "bytes"]);
    return;
}

if (args is ["collect", .. string[] fillings])
{
    CollectionMeasurement.Run(Console.Out, fillings.Length > 0 ? fillings : ["ordered", "random", "restored"]);
    return;
}

if (args is ["log", var directory])
{
    await LogMeasurement.RunAsync(Console.Out, directory);
    return;
}

if (args is ["store-facade"])
{
    await StoreFacadeMeasurement.RunAsync(Console.Out, 1_000);
    await StoreFacadeMeasurement.RunAsync(Console.Out, 1_000_000);
    return;
}

if (args is ["propose", var place, var firstPort])
{
    await ProposeMeasurement.RunAsync(Console.Out, place, int.Parse(firstPort, System.Globalization.CultureInfo.InvariantCulture));
    return;
}

if (args is ["transport"])
{
    await TransportMeasurement.RunAsync(Console.Out);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(CatalogLoad).Assembly).Run(args, new BenchmarkSettings());
