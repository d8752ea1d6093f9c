using Discovery.Agent;
using Discovery.Catalog;

namespace Discovery.Coordinates;

/// <summary>Collects coordinates and writes them in batches. Nothing runs while none come.</summary>
internal sealed class CoordinateUpdates(CoordinateModule module, CommandClient client, NodeRuntime runtime, CoordinateOptions options)
{
    private readonly Lock _lock = new();
    private readonly AsyncSignal _wake = new();
    private SortedDictionary<RowKey, NodeCoordinate> _pending = [];

    public void Add(NodeCoordinate coordinate)
    {
        lock (_lock)
        {
            var key = new RowKey(coordinate.Node, coordinate.Segment);
            if (_pending.Count >= (long)options.BatchSize * options.BatchesMax && !_pending.ContainsKey(key))
            {
                throw new DiscoveryException(
                    DiscoveryError.Overloaded,
                    $"{_pending.Count} coordinates wait to be written, which is the most in {options.UpdatePeriod}.");
            }

            _pending[key] = coordinate;
        }

        _wake.Set();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _wake.WaitAsync(cancellationToken);
            await Task.Delay(options.UpdatePeriod, runtime.Time, cancellationToken);
            foreach (NodeCoordinate[] batch in Take().Chunk(options.BatchSize))
            {
                await WriteAsync(batch, cancellationToken);
            }
        }
    }

    private SortedDictionary<RowKey, NodeCoordinate>.ValueCollection Take()
    {
        lock (_lock)
        {
            SortedDictionary<RowKey, NodeCoordinate> taken = _pending;
            _pending = [];
            return taken.Values;
        }
    }

    // A coordinate that could not be written is not kept: its node sends a newer one.
    private async Task WriteAsync(NodeCoordinate[] batch, CancellationToken cancellationToken)
    {
        try
        {
            await client.ExecuteAsync(module.Update, batch, CallContext.Local, cancellationToken);
        }
        catch (DiscoveryException)
        {
            // Told by whoever lost its leader or stopped; the next period tries with what comes then.
        }
    }
}
