using Discovery.Testing;

namespace Discovery.Health;

/// <summary>A runner on virtual time, with probes, alias source and sink that a test commands.</summary>
internal sealed class HealthFixture : ICheckSink, IAliasSource, ICheckProbeFactory
{
    private readonly Dictionary<AliasTarget, List<Action>> _subscribers = [];

    public HealthFixture(int seed = 1, HealthOptions? options = null)
    {
        Kernel = new SimulationKernel(seed);
        Runner = new CheckRunner(Kernel.CreateRuntime(), options ?? new HealthOptions(), this, this, this, Logger);
        Runner.Start();
    }

    public SimulationKernel Kernel { get; }

    public CheckRunner Runner { get; }

    public RecordingLogger<CheckRunner> Logger { get; } = new();

    public List<(TimeSpan At, CheckKey Key, CheckStatus Status, string Output, bool OutputOnly)> Published { get; } = [];

    public List<(TimeSpan At, CheckKey Key)> Deregistered { get; } = [];

    public List<(TimeSpan At, bool Flapping)> Flaps { get; } = [];

    public Dictionary<AliasTarget, AliasView> Views { get; } = [];

    public int Subscriptions => _subscribers.Values.Sum(s => s.Count);

    /// <summary>What a probed check does when it runs; the default passes at once.</summary>
    public Func<CheckDefinition, CancellationToken, ValueTask<CheckResult>> OnRun { get; set; } =
        static (_, _) => new(CheckResult.Passing("ok"));

    public Action<CheckKey>? OnSink { get; set; }

    public void OnStatus(CheckKey key, CheckStatus status, string output, bool outputOnly)
    {
        Kernel.AssertOnKernel();
        Published.Add((Kernel.Time.Elapsed, key, status, output, outputOnly));
        OnSink?.Invoke(key);
    }

    public void OnDeregisterDue(CheckKey key)
    {
        Deregistered.Add((Kernel.Time.Elapsed, key));
        OnSink?.Invoke(key);
    }

    public void OnFlapping(CheckKey key, bool flapping) => Flaps.Add((Kernel.Time.Elapsed, flapping));

    public AliasView Read(AliasTarget target, CheckKey self) =>
        Views.TryGetValue(target, out AliasView? view) ? view : new AliasView(false, target.Node ?? "n1", []);

    public IDisposable Subscribe(AliasTarget target, Action changed)
    {
        if (!_subscribers.TryGetValue(target, out List<Action>? list))
        {
            _subscribers[target] = list = [];
        }

        list.Add(changed);
        return new Unsubscriber(() => list.Remove(changed));
    }

    public void SetView(AliasTarget target, AliasView view)
    {
        Views[target] = view;
        foreach (Action changed in _subscribers.GetValueOrDefault(target, []).ToArray())
        {
            changed();
        }
    }

    public ICheckProbe Create(CheckDefinition definition, CheckSettings settings) =>
        new Probe(token => OnRun(definition, token));

    public static CheckKey Key(string id) => new("web", id);

    public static CheckDefinition Http(double interval = 10) =>
        new() { Http = "http://127.0.0.1:1/", Interval = TimeSpan.FromSeconds(interval) };

    private sealed class Probe(Func<CancellationToken, ValueTask<CheckResult>> body) : ICheckProbe
    {
        public ValueTask<CheckResult> RunAsync(CancellationToken cancellationToken) => body(cancellationToken);
    }

    private sealed class Unsubscriber(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
