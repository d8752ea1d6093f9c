using System.Globalization;
using System.Text;

namespace Discovery.Telemetry;

/// <summary>Series in Prometheus' text format, version 0.0.4. Pure.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes what was updated within the time that is kept.</summary>
    public static string Write(IReadOnlyList<MetricSeries> series, TimeSpan now, TimeSpan retention)
    {
        var text = new StringBuilder();
        var kinds = new Dictionary<string, MetricKind>(StringComparer.Ordinal);
        foreach (IGrouping<string, MetricSeries> family in series.GroupBy(NameOf, StringComparer.Ordinal))
        {
            MetricKind kind = family.First().Kind;
            MetricSeries[] live = [.. family.Where(one => one.Kind == kind && now - one.Totals.UpdatedAt <= retention)];
            if (live.Length == 0 || !kinds.TryAdd(family.Key, kind))
            {
                continue;
            }

            text.Append("# HELP ").Append(family.Key).Append(' ').Append(EscapeHelp(HelpOf(live[0]))).Append('\n');
            text.Append("# TYPE ").Append(family.Key).Append(' ').Append(TypeOf(kind)).Append('\n');
            foreach (MetricSeries one in live)
            {
                WriteSeries(text, family.Key, one);
            }
        }

        return text.ToString();
    }

    private static void WriteSeries(StringBuilder text, string name, MetricSeries series)
    {
        MetricTotals totals = series.Totals;
        string labels = LabelsOf(series.Labels);
        switch (series.Kind)
        {
            case MetricKind.Sample:
                text.Append(name).Append("_sum").Append(labels).Append(' ').Append(Number(totals.Sum)).Append('\n');
                text.Append(name).Append("_count").Append(labels).Append(' ').Append(Number(totals.Count)).Append('\n');
                break;
            case MetricKind.Counter:
                text.Append(name).Append(labels).Append(' ').Append(Number(totals.Sum)).Append('\n');
                break;
            default:
                text.Append(name).Append(labels).Append(' ').Append(Number(totals.Value)).Append('\n');
                break;
        }
    }

    private static string NameOf(MetricSeries series)
    {
        string name = Sanitize(series.Name);
        return series.Kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? $"{name}_total" : name;
    }

    private static string HelpOf(MetricSeries series) => series.Help.Length > 0 ? series.Help : series.Name;

    private static string TypeOf(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Sample => "summary",
        _ => "gauge",
    };

    private static string LabelsOf(KeyValuePair<string, string>[] labels) => labels.Length == 0
        ? ""
        : $"{{{string.Join(',', labels.Select(static label => $"{Sanitize(label.Key)}=\"{EscapeValue(label.Value)}\""))}}}";

    private static string Sanitize(string name)
    {
        string valid = string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_'));
        return valid.Length == 0 || char.IsAsciiDigit(valid[0]) ? $"_{valid}" : valid;
    }

    private static string EscapeHelp(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string EscapeValue(string text) => EscapeHelp(text).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
