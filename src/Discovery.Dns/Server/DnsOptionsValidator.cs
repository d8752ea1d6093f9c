using System.Net;
using Discovery.Wire;
using Microsoft.Extensions.Options;

namespace Discovery.Server;

internal sealed class DnsOptionsValidator : IValidateOptions<DnsOptions>
{
    private const int PortMax = 65_535;
    private const int PacketBytesMax = 65_467;
    private static readonly TimeSpan s_ttlMax = TimeSpan.FromSeconds(int.MaxValue);
    private static readonly string[] s_reserved = ["service", "connect", "node", "query", "addr"];

    public ValidateOptionsResult Validate(string? name, DnsOptions options)
    {
        var failures = new List<string>();
        CheckRange(nameof(options.Port), options.Port, 0, PortMax, failures);
        foreach (string address in options.Addresses)
        {
            if (!IPAddress.TryParse(address, out _))
            {
                failures.Add($"DnsOptions.Addresses: \"{address}\" is no IP address");
            }
        }

        CheckDomains(options, failures);
        foreach (string recursor in options.Recursors)
        {
            if (!RecursorAddress.TryParse(recursor, out _))
            {
                failures.Add($"DnsOptions.Recursors: \"{recursor}\" is no IP address, with or without a port, that can be asked");
            }
        }

        TimeSpan least = TimeSpan.FromMilliseconds(1);
        CheckTime(nameof(options.RecursorTimeout), options.RecursorTimeout, least, TimeSpan.FromMinutes(1), failures);
        CheckRange(nameof(options.RecursorQueriesMax), options.RecursorQueriesMax, 1, 65_536, failures);
        CheckRange(nameof(options.RecursorCacheEntriesMax), options.RecursorCacheEntriesMax, 0, 1_000_000, failures);
        CheckTime(nameof(options.NodeTtl), options.NodeTtl, TimeSpan.Zero, s_ttlMax, failures);
        foreach ((string service, TimeSpan ttl) in options.ServiceTtl.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            CheckTime($"ServiceTtl[{service}]", ttl, TimeSpan.Zero, s_ttlMax, failures);
        }

        CheckSoa(options.Soa, failures);
        CheckRange(nameof(options.UdpAnswerLimit), options.UdpAnswerLimit, 0, int.MaxValue, failures);
        CheckRange(nameof(options.ARecordLimit), options.ARecordLimit, 0, int.MaxValue, failures);
        CheckTime(nameof(options.MaxStale), options.MaxStale, TimeSpan.Zero, TimeSpan.MaxValue, failures);
        CheckLimits(options, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckDomains(DnsOptions options, List<string> failures)
    {
        if (DnsName.TryEncode(options.Domain ?? "") is null)
        {
            failures.Add($"DnsOptions.Domain: \"{options.Domain}\" is no domain");
        }

        if (options.AltDomain is not { Length: > 0 } alternative)
        {
            return;
        }

        if (DnsName.TryEncode(alternative) is null)
        {
            failures.Add($"DnsOptions.AltDomain: \"{alternative}\" is no domain");
        }

        if (Array.Exists(s_reserved, word => alternative.Split('.')[0].Equals(word, StringComparison.OrdinalIgnoreCase)))
        {
            failures.Add($"DnsOptions.AltDomain: \"{alternative}\" may not begin with {string.Join(", ", s_reserved)}");
        }
    }

    private static void CheckSoa(DnsSoaOptions? soa, List<string> failures)
    {
        if (soa is null)
        {
            failures.Add("DnsOptions.Soa: must not be null");
            return;
        }

        CheckTime("Soa.Refresh", soa.Refresh, TimeSpan.Zero, s_ttlMax, failures);
        CheckTime("Soa.Retry", soa.Retry, TimeSpan.Zero, s_ttlMax, failures);
        CheckTime("Soa.Expire", soa.Expire, TimeSpan.Zero, s_ttlMax, failures);
        CheckTime("Soa.MinTtl", soa.MinTtl, TimeSpan.Zero, s_ttlMax, failures);
    }

    private static void CheckLimits(DnsOptions options, List<string> failures)
    {
        CheckRange(nameof(options.UdpBytesMax), options.UdpBytesMax, 512, PacketBytesMax, failures);
        CheckRange(nameof(options.UdpBytesMaxLocal), options.UdpBytesMaxLocal, 512, PacketBytesMax, failures);
        CheckRange(nameof(options.TcpConnectionsMax), options.TcpConnectionsMax, 1, 1_000_000, failures);
        CheckRange(nameof(options.TcpConnectionsPerClientMax), options.TcpConnectionsPerClientMax, 1, 1_000_000, failures);
        CheckRange(nameof(options.TcpQueriesMax), options.TcpQueriesMax, 1, 65_536, failures);
        CheckRange(nameof(options.TcpQueryBytesMax), options.TcpQueryBytesMax, 512, 65_535, failures);
        TimeSpan least = TimeSpan.FromMilliseconds(1);
        CheckTime(nameof(options.TcpIdleTimeout), options.TcpIdleTimeout, least, TimeSpan.FromHours(1), failures);
        CheckTime(nameof(options.TcpMessageTimeout), options.TcpMessageTimeout, least, TimeSpan.FromHours(1), failures);
    }

    private static void CheckRange(string field, int value, int least, int most, List<string> failures)
    {
        if (value < least || value > most)
        {
            failures.Add($"DnsOptions.{field}: {value} is not between {least} and {most}");
        }
    }

    private static void CheckTime(string field, TimeSpan value, TimeSpan least, TimeSpan most, List<string> failures)
    {
        if (value < least || value > most)
        {
            failures.Add($"DnsOptions.{field}: {value} is not between {least} and {most}");
        }
    }
}
