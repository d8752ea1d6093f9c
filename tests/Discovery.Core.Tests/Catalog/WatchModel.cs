namespace Discovery.Catalog;

/// <summary>A watcher that keeps its own list from the first item and the deltas, and checks each delta against it.</summary>
internal sealed class WatchModel(CatalogHarness harness, string service, WatchOptions options)
{
    private readonly SortedDictionary<RowKey, ServiceInstance> _instances = [];
    private StatePosition _position;

    public int Items { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (ServiceChange change in harness.Catalog.WatchAsync(service, options, cancellationToken))
        {
            Take(change);
        }
    }

    public void AssertEquals(ServiceInstance[] expected)
    {
        Assert.Equal(expected.Length, _instances.Count);
        Assert.All(expected.Zip(_instances.Values), static pair => Assert.True(pair.First.IsSameAs(pair.Second), pair.First.ToString()));
    }

    private void Take(ServiceChange change)
    {
        Items++;
        Assert.True(Items == 1 || change.Position.Index > _position.Index);
        Assert.Equal(Items == 1 ? ServiceChangeKind.Current : ServiceChangeKind.Delta, change.Kind);
        _position = change.Position;
        foreach (ServiceInstance instance in change.Instances)
        {
            _instances.Add(new RowKey(instance.Node.Name, instance.Id), instance);
        }

        Assert.True(Items == 1 || change.Deltas.Count > 0, "a change without a delta");
        foreach (ServiceDelta delta in change.Deltas)
        {
            var key = new RowKey(delta.Instance.Node.Name, delta.Instance.Id);
            bool isKnown = _instances.Remove(key, out ServiceInstance? known);
            Assert.True(isKnown ? known!.IsSameAs(delta.Old) : delta.Old is null, $"the watcher had {known}, the delta says {delta.Old}");
            if (delta.New is not null)
            {
                _instances.Add(key, delta.New);
            }
        }
    }
}
