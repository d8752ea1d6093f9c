using System.Diagnostics.Metrics;
using Discovery.Sessions;

namespace Discovery.KeyValue;

/// <summary>The meter <c>Discovery.KeyValue</c>: what the state holds, read when somebody asks, and how many leases were ended.</summary>
internal sealed class KeyValueMetrics
{
    private readonly KeyValueModule _module;
    private readonly StateMachine _state;

    public KeyValueMetrics(KeyValueModule module, StateMachine state, LeaseKeeper leases, IMeterFactory meters)
    {
        _module = module;
        _state = state;
        Meter meter = meters.Create("Discovery.KeyValue");
        meter.CreateObservableUpDownCounter(
            "discovery.keyvalue.keys", () => _state.Current.Count(_module.Keys.Entries), "{key}", "Keys in the store.");
        meter.CreateObservableUpDownCounter(
            "discovery.keyvalue.keys.held", () => _state.Current.Count(_module.Keys.BySession), "{key}", "Keys that a session holds.");
        meter.CreateObservableUpDownCounter(
            "discovery.keyvalue.sessions", () => _state.Current.Count(_module.Sessions.Sessions), "{session}", "Sessions.");
        meter.CreateObservableUpDownCounter(
            "discovery.keyvalue.lock.waiters", () => _state.Current.Count(_module.Locks.Waiters), "{waiter}", "Waiting sessions.");
        meter.CreateObservableUpDownCounter(
            "discovery.keyvalue.lock.delays", () => _state.Current.Count(_module.Locks.Delays), "{key}", "Keys that cannot be locked yet.");
        meter.CreateObservableCounter(
            "discovery.keyvalue.leases.ended", () => leases.EndedCount, "{session}", "Sessions that this node ended as leader.");
    }
}
