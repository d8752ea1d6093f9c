using System.Net;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

internal sealed class HttpApiOptionsValidator : IValidateOptions<HttpApiOptions>
{
    private static readonly TimeSpan s_timeMax = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, HttpApiOptions options)
    {
        var failures = new List<string>();
        foreach (string network in options.AllowWriteFrom ?? [])
        {
            if (!TryParseNetwork(network, out _))
            {
                failures.Add($"HttpApiOptions.AllowWriteFrom: \"{network}\" is no network such as 10.0.0.0/8");
            }
        }

        foreach (string path in options.BlockEndpoints ?? [])
        {
            if (path?.StartsWith("/v1/", StringComparison.Ordinal) != true)
            {
                failures.Add($"HttpApiOptions.BlockEndpoints: \"{path}\" does not begin with /v1/");
            }
        }

        foreach ((string header, string value) in options.ResponseHeaders ?? new Dictionary<string, string>())
        {
            if (!IsHeader(header, value))
            {
                failures.Add($"HttpApiOptions.ResponseHeaders[{header}]: is no header");
            }
        }

        CheckTime(nameof(options.DefaultQueryTime), options.DefaultQueryTime, TimeSpan.FromMilliseconds(1), failures);
        CheckTime(nameof(options.MaxQueryTime), options.MaxQueryTime, options.DefaultQueryTime, failures);
        CheckTime(nameof(options.MetricsInterval), options.MetricsInterval, TimeSpan.FromMilliseconds(100), failures);
        if (options.PrometheusRetention < TimeSpan.Zero)
        {
            failures.Add($"HttpApiOptions.PrometheusRetention: {options.PrometheusRetention} is negative");
        }

        CheckCount(nameof(options.BlockedQueriesMax), options.BlockedQueriesMax, 1, failures);
        CheckTime(nameof(options.CheckIntervalMin), options.CheckIntervalMin, TimeSpan.FromMilliseconds(1), failures);
        CheckTime(nameof(options.CheckDeregisterIntervalMin), options.CheckDeregisterIntervalMin, TimeSpan.FromSeconds(1), failures);
        CheckCount(nameof(options.MetricSeriesMax), options.MetricSeriesMax, 64, failures);
        CheckCount(nameof(options.BodyBytesMax), options.BodyBytesMax, 1024, failures);
        CheckCount(nameof(options.KeyValueBytesMax), options.KeyValueBytesMax, 1, failures);
        CheckCount(nameof(options.TransactionBytesMax), options.TransactionBytesMax, 1, failures);
        CheckCount(nameof(options.TransactionOperationsMax), options.TransactionOperationsMax, 1, failures);
        if (string.IsNullOrEmpty(options.ConsulVersion))
        {
            failures.Add("HttpApiOptions.ConsulVersion: must not be empty");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Reads a network; bits beyond the prefix are ignored, as Consul does.</summary>
    public static bool TryParseNetwork(string? text, out IPNetwork network)
    {
        network = default;
        int slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0 || !IPAddress.TryParse(text.AsSpan(0, slash), out IPAddress? address)
            || !int.TryParse(text.AsSpan(slash + 1), out int length))
        {
            return false;
        }

        byte[] bytes = address.GetAddressBytes();
        if (length < 0 || length > bytes.Length * 8)
        {
            return false;
        }

        for (int bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        network = new IPNetwork(new IPAddress(bytes), length);
        return true;
    }

    private static bool IsHeader(string name, string? value) =>
        name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))
        && value is not null && value.All(static c => c is >= ' ' and < '\u007f' or '\t');

    private static void CheckTime(string field, TimeSpan value, TimeSpan least, List<string> failures)
    {
        if (value < least || value > s_timeMax)
        {
            failures.Add($"HttpApiOptions.{field}: {value} is not between {least} and {s_timeMax}");
        }
    }

    private static void CheckCount(string field, int value, int least, List<string> failures)
    {
        if (value < least)
        {
            failures.Add($"HttpApiOptions.{field}: {value} is less than {least}");
        }
    }
}
