using BenchmarkDotNet.Attributes;

namespace Discovery.Benchmarks;

/// <summary>Registering instances through the state machine, decoded from the bytes of the log, each entry deduplicated.</summary>
public class RegisterBenchmarks
{
    private const int Instances = 100_000;
    private const int Changes = 1_000;
    private readonly StateEntry[][] _batches = new StateEntry[Instances / CatalogLoad.BatchEntries][];
    private readonly StateEntry[] _changes = new StateEntry[Changes];
    private CatalogLoad _load = new();
    private int _round;

    [IterationSetup(Target = nameof(RegisterInBatchesOf1000))]
    public void PrepareRegistrations()
    {
        _load = new CatalogLoad();
        for (int i = 0; i < _batches.Length; i++)
        {
            _batches[i] = _load.Batch(i * CatalogLoad.BatchEntries, CatalogLoad.BatchEntries, 100);
        }
    }

    /// <summary>From empty to 100,000 instances on as many nodes, over 100 services.</summary>
    [Benchmark(OperationsPerInvoke = Instances)]
    public int RegisterInBatchesOf1000()
    {
        foreach (StateEntry[] batch in _batches)
        {
            _load.Apply(batch);
        }

        return _load.Machine.Current.Count(_load.Module.Tables.Services);
    }

    [GlobalSetup(Target = nameof(ChangeOneOf100000))]
    public void FillOneService()
    {
        _load = new CatalogLoad();
        _load.Fill(Instances, 1);
    }

    [IterationSetup(Target = nameof(ChangeOneOf100000))]
    public void PrepareChanges()
    {
        CheckStatus status = _round++ % 2 == 0 ? CheckStatus.Warning : CheckStatus.Passing;
        for (int i = 0; i < Changes; i++)
        {
            _changes[i] = _load.CheckChange(i * 97 % Instances, 1, status);
        }
    }

    /// <summary>The check of one instance changes in a service of 100,000: one entry, one snapshot, observers and watchers told.</summary>
    [Benchmark(OperationsPerInvoke = Changes)]
    public ulong ChangeOneOf100000()
    {
        for (int i = 0; i < Changes; i++)
        {
            _load.Apply(_changes.AsSpan(i, 1));
        }

        return _load.Machine.Current.Index;
    }
}
