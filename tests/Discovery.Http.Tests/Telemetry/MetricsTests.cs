using System.Diagnostics.Metrics;
using System.Text.Json;
using Discovery.Agent;
using Discovery.Infrastructure;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Discovery.Telemetry;

public sealed class MetricsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Meter _meter;

    public MetricsTests() => _meter = Meters.Create("Discovery.Tests");

    private IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Read_MeasurementsOfAnInterval_AreSummedUpWhenItIsOver()
    {
        using MetricsCollector collector = Create();
        Counter<long> counter = _meter.CreateCounter<long>("discovery.tests.calls");
        Histogram<double> times = _meter.CreateHistogram<double>("discovery.tests.time");
        foreach (double value in new[] { 1.0, 2.0, 6.0 })
        {
            counter.Add((long)value);
            times.Record(value);
        }

        Assert.Equal(0, Summary(collector, "discovery.tests.calls").Count);
        _time.Advance(TimeSpan.FromSeconds(10));
        foreach (string name in new[] { "discovery.tests.calls", "discovery.tests.time" })
        {
            MetricSummary summary = Summary(collector, name);
            Assert.Equal((3, 9.0, 1.0, 6.0, 3.0), (summary.Count, summary.Sum, summary.Min, summary.Max, summary.Mean));
            Assert.Equal(Math.Sqrt(7), summary.Deviation, 10);
        }

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(0, Summary(collector, "discovery.tests.calls").Count);
        Assert.Equal(9.0, Series(collector, "discovery.tests.calls").Totals.Sum);
    }

    [Fact]
    public void Read_GaugesOfEveryKind_AreWhatTheyAreNow()
    {
        using MetricsCollector collector = Create();
        UpDownCounter<int> open = _meter.CreateUpDownCounter<int>("discovery.tests.open");
        int waiting = 4;
        _meter.CreateObservableUpDownCounter("discovery.tests.waiting", () => waiting);
        _meter.CreateObservableGauge("discovery.tests.broken", (Func<int>)(() => throw new InvalidOperationException()));
        _meter.CreateObservableCounter("discovery.tests.seen", () => 10L * waiting);
        open.Add(3);
        open.Add(-1);

        Assert.Equal(2, Series(collector, "discovery.tests.open").Totals.Value);
        Assert.Equal(4, Series(collector, "discovery.tests.waiting").Totals.Value);
        waiting = 5;
        Assert.Equal(5, Series(collector, "discovery.tests.waiting").Totals.Value);
        Assert.Equal(50, Series(collector, "discovery.tests.seen").Totals.Sum);
        Assert.DoesNotContain(collector.Read(), static series => series.Name == "discovery.tests.broken");
    }

    [Fact]
    public void Read_MetersOfOthers_AreNotListenedTo()
    {
        using MetricsCollector collector = Create();
        using ServiceProvider other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        other.GetRequiredService<IMeterFactory>().Create("Discovery.Core").CreateCounter<long>("discovery.other").Add(1);
        Meters.Create("MyApp").CreateCounter<long>("myapp.calls").Add(1);

        Assert.All(collector.Read(), static series => Assert.StartsWith("discovery.runtime.", series.Name, StringComparison.Ordinal));
    }

    [Fact]
    public void Record_MoreLabelsThanThereMayBe_CountsThemAsDropped()
    {
        using MetricsCollector collector = Create(most: 64);
        Counter<long> counter = _meter.CreateCounter<long>("discovery.tests.calls");
        for (int i = 0; i < 1000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("service", i));
        }

        Assert.Equal(64, collector.Read().Count);
        Assert.Equal(936, collector.Dropped);
    }

    [Fact]
    public void Write_Prometheus_IsItsTextFormat()
    {
        using MetricsCollector collector = Create();
        Counter<long> counter = _meter.CreateCounter<long>("discovery.tests.calls", description: "Calls\\of\nall");
        counter.Add(2, new KeyValuePair<string, object?>("b.c", "x\"y\\z\n"), new KeyValuePair<string, object?>("a", 1));
        counter.Add(3, new KeyValuePair<string, object?>("a", 2), new KeyValuePair<string, object?>("b.c", ""));
        _meter.CreateHistogram<double>("discovery.tests.time").Record(0.5);
        _meter.CreateGauge<double>("discovery.tests.level").Record(double.PositiveInfinity);

        string text = PrometheusText.Write(
            [.. collector.Read().Where(static series => series.Name.StartsWith("discovery.tests.", StringComparison.Ordinal))],
            collector.Now,
            TimeSpan.FromMinutes(1));

        Assert.Equal(
            """
            # HELP discovery_tests_calls_total Calls\\of\nall
            # TYPE discovery_tests_calls_total counter
            discovery_tests_calls_total{a="1",b_c="x\"y\\z\n"} 2
            discovery_tests_calls_total{a="2",b_c=""} 3
            # HELP discovery_tests_level discovery.tests.level
            # TYPE discovery_tests_level gauge
            discovery_tests_level +Inf
            # HELP discovery_tests_time discovery.tests.time
            # TYPE discovery_tests_time summary
            discovery_tests_time_sum 0.5
            discovery_tests_time_count 1

            """,
            text);

        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("", PrometheusText.Write([Series(collector, "discovery.tests.level")], collector.Now, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    [Trait("Kind", "RealSockets")]
    public async Task Get_Metrics_AsJsonOrPrometheusOr415()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using JsonDocument json = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/agent/metrics?format=other"));
        Assert.Equal(
            "Timestamp Gauges Points Counters Samples", string.Join(' ', json.RootElement.EnumerateObject().Select(static p => p.Name)));
        Assert.Matches(
            "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} \\+0000 UTC$", json.RootElement.GetProperty("Timestamp").GetString());
        Assert.Contains(
            json.RootElement.GetProperty("Gauges").EnumerateArray(),
            static gauge => gauge.GetProperty("Name").GetString() == "discovery.runtime.alloc_bytes"
                && gauge.GetProperty("Value").GetDouble() > 0);
        const string Off = "Prometheus is not enabled since its retention time is not positive";
        Assert.Equal((415, Off), await host.CallAsync("/v1/agent/metrics?format=prometheus"));
        Assert.Equal((415, Off), await host.CallAsync(
            "/v1/agent/metrics",
            headers: "Accept: application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1\r\n"));

        await using ApiHost kept = await ApiHost.StartAsync(static options => options.PrometheusRetention = TimeSpan.FromMinutes(1));
        using HttpResponseMessage reply = await kept.Client.GetAsync("/v1/agent/metrics?format=prometheus");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", reply.Content.Headers.ContentType!.ToString());
        Assert.Contains(
            "\n# TYPE discovery_runtime_alloc_bytes gauge\ndiscovery_runtime_alloc_bytes ",
            await reply.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
    }

    private MetricsCollector Create(int most = 2000) => new(
        new NodeRuntime(_time, TaskScheduler.Default, 1), Meters, Options.Create(new HttpApiOptions { MetricSeriesMax = most }));

    private static MetricSeries Series(MetricsCollector collector, string name) =>
        collector.Read().Single(series => series.Name == name);

    private static MetricSummary Summary(MetricsCollector collector, string name) =>
        Series(collector, name).EndedBefore(collector.Interval);
}
