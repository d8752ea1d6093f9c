using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using Discovery.Catalog;

namespace Discovery.Benchmarks;

/// <summary>Finding a service by name, beside the least that it could cost: a dictionary lookup and a volatile read.</summary>
public class FindBenchmarks
{
    private const int Lookups = 10_000;
    private readonly ConcurrentDictionary<string, Holder> _bare = new();
    private string[] _names = [];
    private int _position;
    private ServiceCatalog _catalog = null!;
    private ServiceReference _reference = null!;

    [Params(10_000, 100_000)]
    public int Services { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var load = new CatalogLoad();
        load.Fill(Services, Services);
        var reads = new CatalogReads(load.Views, null!, null!, null!, null!, null!, null!, null!);
        _catalog = new ServiceCatalog(reads, null!, null!, null!, null!, null!);
        for (int i = 0; i < Services; i++)
        {
            string name = CatalogLoad.ServiceName(i);
            _bare[name] = new Holder { View = _catalog.Find(name) };
            Invariant.Check(_catalog.Find(name).All.Count == 1, "a service that is not found");
        }

        // Other strings than the keys, in random order: a caller's name is never the very object that the catalog holds.
        _names = [.. Enumerable.Range(0, Services).Select(CatalogLoad.ServiceName)];
        new Random(1).Shuffle(_names);
        _reference = _catalog.Service(_names[0]);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Lookups)]
    public ulong BareLookup()
    {
        ulong sum = 0;
        foreach (string name in Next())
        {
            sum += _bare.TryGetValue(name, out Holder? holder) ? Volatile.Read(ref holder.View)!.Index : 0;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Lookups)]
    public ulong Find()
    {
        ulong sum = 0;
        foreach (string name in Next())
        {
            sum += _catalog.Find(name).Index;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Lookups)]
    public ulong ReferenceView()
    {
        ulong sum = 0;
        ServiceReference reference = _reference;
        for (int i = 0; i < Lookups; i++)
        {
            sum += reference.View.Index;
        }

        return sum;
    }

    private ReadOnlySpan<string> Next()
    {
        _position = (_position + Lookups) % _names.Length;
        return _names.AsSpan(_position, Lookups);
    }

    private sealed class Holder
    {
        public ServiceView? View;
    }
}
