using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Discovery.DependencyInjection;

/// <summary>Counts what clients that look up services do.</summary>
internal sealed class ClientMetrics
{
    private readonly Counter<long> _picks;
    private readonly Counter<long> _refusals;

    public ClientMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create("Discovery.Core");
        _picks = meter.CreateCounter<long>(
            "discovery.core.client.picks", "{pick}", "Requests by name: tag outcome is picked, none_available or passed_through.");
        _refusals = meter.CreateCounter<long>(
            "discovery.core.client.refusals", "{refusal}", "Connections that a picked instance refused.");
    }

    public static ActivitySource Activities { get; } = new("Discovery.Core");

    public void Picked() => _picks.Add(1, new KeyValuePair<string, object?>("outcome", "picked"));

    public void NoneAvailable() => _picks.Add(1, new KeyValuePair<string, object?>("outcome", "none_available"));

    public void PassedThrough() => _picks.Add(1, new KeyValuePair<string, object?>("outcome", "passed_through"));

    public void Refused() => _refusals.Add(1);
}
