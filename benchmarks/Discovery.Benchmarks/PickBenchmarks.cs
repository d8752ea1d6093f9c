using System.Globalization;
using BenchmarkDotNet.Attributes;
using Discovery.Catalog;

namespace Discovery.Benchmarks;

/// <summary>Picking a healthy instance from a view whose instances differ in weight and health.</summary>
public class PickBenchmarks
{
    private const int Picks = 10_000;
    private ServiceView _view = ServiceView.Empty;

    [Params(3, 1_000)]
    public int Instances { get; set; }

    [GlobalSetup]
    public void Setup() =>
        _view = new ServiceView(
            "web",
            new StatePosition(Guid.Empty, 1),
            1,
            [.. Enumerable.Range(0, Instances).Select(Instance)],
            new PickSource(1),
            RenderingBudget.Unlimited);

    [Benchmark(OperationsPerInvoke = Picks)]
    public int Weighted() => Pick(PickStrategy.Weighted);

    [Benchmark(OperationsPerInvoke = Picks)]
    public int RoundRobin() => Pick(PickStrategy.RoundRobin);

    [Benchmark(OperationsPerInvoke = Picks)]
    public int Random() => Pick(PickStrategy.Random);

    private int Pick(PickStrategy strategy)
    {
        int sum = 0;
        ServiceView view = _view;
        for (int i = 0; i < Picks; i++)
        {
            sum += view.Pick(strategy)!.Port;
        }

        return sum;
    }

    private static ServiceInstance Instance(int i)
    {
        string node = string.Create(CultureInfo.InvariantCulture, $"node-{i}");
        return new ServiceInstance(
            new CatalogNode { Name = node, Address = "10.0.0.1", Datacenter = "dc1" },
            new CatalogService { Node = node, Id = "web", Name = "web", Port = 80, Weights = new ServiceWeights(1 + (i % 10), 1) },
            [new CatalogCheck { Node = node, CheckId = "c", Status = i % 10 == 9 ? CheckStatus.Critical : CheckStatus.Passing }],
            RenderingBudget.Unlimited);
    }
}
