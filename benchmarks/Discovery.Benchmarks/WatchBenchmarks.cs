using BenchmarkDotNet.Attributes;
using Discovery.Catalog;

namespace Discovery.Benchmarks;

/// <summary>One change in one of 100 services, with nobody, with others' watchers, and with its own watchers waiting.</summary>
public class WatchBenchmarks
{
    private const int Services = 100;
    private const int Changes = 500;
    private readonly StateEntry[] _changes = new StateEntry[Changes];
    private readonly List<StateWatch> _watches = [];
    private CatalogLoad _load = new();
    private long _woken;
    private int _round;

    /// <summary>Watchers in all, spread evenly over the services other than the one that changes.</summary>
    [Params(0, 10_000)]
    public int OtherWatchers { get; set; }

    /// <summary>Watchers of the service that changes.</summary>
    [Params(0, 100)]
    public int OwnWatchers { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _load = new CatalogLoad();
        _load.Fill(10_000, Services);
        for (int i = 0; i < OtherWatchers; i++)
        {
            Watch(1 + (i % (Services - 1)));
        }

        for (int i = 0; i < OwnWatchers; i++)
        {
            Watch(0);
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _watches.ForEach(static watch => watch.Dispose());

    [IterationSetup]
    public void PrepareChanges()
    {
        CheckStatus status = _round++ % 2 == 0 ? CheckStatus.Warning : CheckStatus.Passing;
        for (int i = 0; i < Changes; i++)
        {
            _changes[i] = _load.CheckChange(i % 100 * Services, Services, i / 100 % 2 == 0 ? status : CheckStatus.Critical);
        }

        _woken = _load.Machine.Watches.Wakes;
    }

    [Benchmark(OperationsPerInvoke = Changes)]
    public ulong Change()
    {
        for (int i = 0; i < Changes; i++)
        {
            _load.Apply(_changes.AsSpan(i, 1));
        }

        long woken = _load.Machine.Watches.Wakes - _woken;
        Invariant.Check(woken == (long)Changes * OwnWatchers, $"{woken} watchers woke");
        return _load.Machine.Current.Index;
    }

    private void Watch(int service) => _watches.Add(StateWatch.Open(
        _load.Machine, [StateTopic.ForKey(_load.Module.Tables.ServiceTopics, CatalogKeys.Folded(CatalogLoad.ServiceName(service)))]));
}
