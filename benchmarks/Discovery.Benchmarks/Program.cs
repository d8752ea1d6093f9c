using BenchmarkDotNet.Running;
using Discovery.Benchmarks;

if (args is ["heap"])
{
    HeapMeasurement.Run(Console.Out);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(CatalogLoad).Assembly).Run(args, new BenchmarkSettings());
