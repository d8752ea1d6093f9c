using System.Diagnostics.Metrics;

namespace Discovery.Telemetry;

/// <summary>What an instrument is, and the series of labels that it was measured with lately: no key is made for each.</summary>
internal sealed class InstrumentSeries
{
    private const int KnownMax = 32;

    private (KeyValuePair<string, object?>[] Tags, MetricSeries Series)[] _known = [];

    public InstrumentSeries(Instrument instrument)
    {
        Name = instrument.Name;
        Help = instrument.Description ?? "";
        Type type = instrument.GetType().GetGenericTypeDefinition();
        Kind = type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricKind.Counter
            : type == typeof(Histogram<>) ? MetricKind.Sample
            : MetricKind.Gauge;
        IsChange = type == typeof(Counter<>) || type == typeof(UpDownCounter<>) || Kind == MetricKind.Sample;
    }

    public string Name { get; }

    public string Help { get; }

    public MetricKind Kind { get; }

    /// <summary>Whether a measurement is added to what was there, rather than put in its place.</summary>
    public bool IsChange { get; }

    /// <summary>The series of labels that are the very objects that were remembered; null for any others.</summary>
    public MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach ((KeyValuePair<string, object?>[] known, MetricSeries series) in Volatile.Read(ref _known))
        {
            if (AreSame(known, tags))
            {
                return series;
            }
        }

        return null;
    }

    public void Remember(ReadOnlySpan<KeyValuePair<string, object?>> tags, MetricSeries series)
    {
        (KeyValuePair<string, object?>[], MetricSeries)[] known = Volatile.Read(ref _known);
        bool isRepeated = true;
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            isRepeated &= tag.Value is string;
        }

        // What another thread has remembered meanwhile stays; this one is found the long way once more.
        if (isRepeated && known.Length < KnownMax)
        {
            Interlocked.CompareExchange(ref _known, [.. known, (tags.ToArray(), series)], known);
        }
    }

    private static bool AreSame(KeyValuePair<string, object?>[] known, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        bool areSame = known.Length == tags.Length;
        for (int i = 0; areSame && i < known.Length; i++)
        {
            areSame = ReferenceEquals(known[i].Key, tags[i].Key) && ReferenceEquals(known[i].Value, tags[i].Value);
        }

        return areSame;
    }
}
