using System.Diagnostics.Metrics;

namespace Discovery.Testing;

/// <summary>Makes meters and keeps them, so that a test can listen to its own only.</summary>
public sealed class TestMeterFactory : IMeterFactory
{
    private readonly List<Meter> _created = [];

    /// <summary>The meters made so far.</summary>
    public IReadOnlyList<Meter> Created => _created;

    /// <inheritdoc />
    public Meter Create(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Meter meter = new(options.Name, options.Version, options.Tags, this);
        _created.Add(meter);
        return meter;
    }

    /// <inheritdoc />
    public void Dispose() => _created.ForEach(static m => m.Dispose());
}
