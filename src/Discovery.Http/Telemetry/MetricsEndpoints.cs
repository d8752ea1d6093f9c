using System.Globalization;
using Discovery.Infrastructure;

namespace Discovery.Telemetry;

/// <summary><c>/v1/agent/metrics</c>: the last whole interval as JSON, or everything in Prometheus' text format.</summary>
internal sealed class MetricsEndpoints(MetricsCollector collector) : IEndpointGroup
{
    public void Map(ApiRoutes routes) => routes.Add("agent/metrics", ApiMethods.Get, MetricsAsync);

    private Task MetricsAsync(ApiCall call)
    {
        if (!WantsPrometheus(call))
        {
            return call.WriteAsync(Write(collector.Read(), collector.Interval));
        }

        TimeSpan retention = call.Server.Options.PrometheusRetention;
        return retention > TimeSpan.Zero
            ? call.WriteTextAsync(200, PrometheusText.Write(collector.Read(), collector.Now, retention), PrometheusText.ContentType)
            : throw new ApiException(415, "Prometheus is not enabled since its retention time is not positive");
    }

    private static bool WantsPrometheus(ApiCall call)
    {
        if (call.Query.Get("format") == "prometheus")
        {
            return true;
        }

        string accept = call.Http.Request.Headers.Accept.ToString();
        string[] parts = accept.Split(',')[0].Split(';', StringSplitOptions.TrimEntries);
        return parts[0] == "application/openmetrics-text" || (parts[0] == "text/plain" && parts.Length > 1 && parts[1] == "version=0.4.0");
    }

    private JsonBuffer Write(IReadOnlyList<MetricSeries> all, long interval)
    {
        var json = new JsonBuffer();
        json.Raw("{\"Timestamp\":"u8).String(string.Create(
            CultureInfo.InvariantCulture, $"{collector.BeginOf(interval - 1).UtcDateTime:yyyy-MM-dd HH:mm:ss} +0000 UTC"));
        json.Raw(",\"Gauges\":["u8);
        byte before = 0;
        foreach (MetricSeries series in all.Where(static series => series.Kind == MetricKind.Gauge))
        {
            _ = before > 0 ? json.Byte(before) : json;
            json.Raw("{\"Name\":"u8).String(series.Name).Raw(",\"Value\":"u8).Number(series.Totals.Value);
            WriteLabels(json, series);
            before = (byte)',';
        }

        json.Raw("],\"Points\":[],\"Counters\":"u8);
        WriteSummaries(json, all, MetricKind.Counter, interval);
        json.Raw(",\"Samples\":"u8);
        WriteSummaries(json, all, MetricKind.Sample, interval);
        return json.Byte((byte)'}');
    }

    private void WriteSummaries(JsonBuffer json, IReadOnlyList<MetricSeries> all, MetricKind kind, long interval)
    {
        json.Byte((byte)'[');
        byte before = 0;
        foreach (MetricSeries series in all.Where(series => series.Kind == kind))
        {
            MetricSummary summary = series.EndedBefore(interval);
            if (summary.Count == 0)
            {
                continue;
            }

            _ = before > 0 ? json.Byte(before) : json;
            before = (byte)',';
            json.Raw("{\"Name\":"u8).String(series.Name).Raw(",\"Count\":"u8).Number(summary.Count);
            json.Raw(",\"Rate\":"u8).Number(summary.Sum / collector.IntervalLength.TotalSeconds).Raw(",\"Sum\":"u8).Number(summary.Sum);
            json.Raw(",\"Min\":"u8).Number(summary.Min).Raw(",\"Max\":"u8).Number(summary.Max);
            json.Raw(",\"Mean\":"u8).Number(summary.Mean).Raw(",\"Stddev\":"u8).Number(summary.Deviation);
            WriteLabels(json, series);
        }

        json.Byte((byte)']');
    }

    private static void WriteLabels(JsonBuffer json, MetricSeries series) =>
        json.Raw(",\"Labels\":"u8).Map(new Dictionary<string, string>(series.Labels)).Byte((byte)'}');
}
