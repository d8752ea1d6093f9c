using System.Net;
using Microsoft.Extensions.Options;

namespace Discovery.Rpc;

internal sealed class RpcOptionsValidator : IValidateOptions<RpcOptions>
{
    private const int PortMax = 65_535;
    private const int BytesMax = 1024 * 1024 * 1024;
    private static readonly TimeSpan s_timeMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_timeMax = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, RpcOptions options)
    {
        var failures = new List<string>();
        if (!IPAddress.TryParse(options.Address, out _))
        {
            failures.Add($"RpcOptions.Address: \"{options.Address}\" is no IP address");
        }

        if (options.Port is { } port)
        {
            CheckRange(nameof(options.Port), port, 0, PortMax, failures);
        }

        CheckTime(nameof(options.HandshakeTimeout), options.HandshakeTimeout, failures);
        CheckTime(nameof(options.DialTimeout), options.DialTimeout, failures);
        CheckTime(nameof(options.IdleTimeout), options.IdleTimeout, failures);
        CheckRange(nameof(options.ConnectionsMax), options.ConnectionsMax, 1, 1_000_000, failures);
        CheckRange(nameof(options.ConnectionsPerClientMax), options.ConnectionsPerClientMax, 1, 1_000_000, failures);
        CheckRange(nameof(options.StreamsPerConnectionMax), options.StreamsPerConnectionMax, 1, 1_000_000, failures);
        CheckRange(nameof(options.RequestsMax), options.RequestsMax, 1, 10_000_000, failures);
        CheckRange(nameof(options.RequestBytesMax), options.RequestBytesMax, 1024, BytesMax, failures);
        CheckRange(nameof(options.ConnectionBytesMax), options.ConnectionBytesMax, YamuxLimits.WindowBytes, BytesMax, failures);
        CheckRange(nameof(options.StreamsMax), options.StreamsMax, 1, 10_000_000, failures);
        CheckRange(nameof(options.HeldBytesMax), options.HeldBytesMax, options.RequestBytesMax, long.MaxValue, failures);
        CheckTime(nameof(options.RequestTimeout), options.RequestTimeout, failures);
        CheckTime(nameof(options.HoldTimeout), options.HoldTimeout, failures);
        CheckTime(nameof(options.DefaultQueryTime), options.DefaultQueryTime, failures);
        CheckTime(nameof(options.MaxQueryTime), options.MaxQueryTime, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckRange(string field, long value, long least, long most, List<string> failures)
    {
        if (value < least || value > most)
        {
            failures.Add($"RpcOptions.{field}: {value} is not between {least} and {most}");
        }
    }

    private static void CheckTime(string field, TimeSpan value, List<string> failures)
    {
        if (value < s_timeMin || value > s_timeMax)
        {
            failures.Add($"RpcOptions.{field}: {value} is not between {s_timeMin} and {s_timeMax}");
        }
    }
}
