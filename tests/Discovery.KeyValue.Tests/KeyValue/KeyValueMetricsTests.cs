using System.Diagnostics.Metrics;
using Discovery.Testing;

namespace Discovery.KeyValue;

public sealed class KeyValueMetricsTests
{
    [Fact]
    public void Instruments_KeysSessionsAndWaiters_TellWhatTheStateHolds()
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new KeyValueNode(kernel);
            await node.AddNodeAsync("n1");
            using var meters = new TestMeterFactory();
            _ = new KeyValueMetrics(node.Module, node.State, node.Leases, meters);
            await node.Store.PutAsync("a", "1"u8.ToArray());
            await node.Sessions.CreateAsync(new SessionCreation { Lease = TimeSpan.FromSeconds(1) });
            await using ILockHandle held = await node.Locks.CreateLock("job").AcquireAsync();
            Task<ILockHandle> waiting = node.Locks.CreateLock("job").AcquireAsync().AsTask();
            await kernel.AdvanceAsync(TimeSpan.FromSeconds(2));

            Assert.Equal(
                [
                    ("discovery.keyvalue.keys", 2), ("discovery.keyvalue.keys.held", 1), ("discovery.keyvalue.leases.ended", 1),
                    ("discovery.keyvalue.lock.delays", 0), ("discovery.keyvalue.lock.waiters", 1), ("discovery.keyvalue.sessions", 2),
                ],
                Read(meters));
            await held.ReleaseAsync();
            await (await waiting).DisposeAsync();
        });
    }

    private static IEnumerable<(string Name, int Value)> Read(TestMeterFactory meters)
    {
        var values = new SortedDictionary<string, int>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Scope == meters)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => values[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return values.Select(static pair => (pair.Key, pair.Value));
    }
}
