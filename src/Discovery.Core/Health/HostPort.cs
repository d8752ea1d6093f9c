using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Discovery.Health;

/// <summary>A <c>host:port</c>; an IPv6 address stands in brackets.</summary>
internal readonly record struct HostPort(string Host, int Port)
{
    public static bool TryParse([NotNullWhen(true)] string? text, out HostPort result)
    {
        result = default;
        int colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port is < 1 or > 65535)
        {
            return false;
        }

        string host = text![..colon];
        if (host is ['[', .., ']'])
        {
            host = host[1..^1];
        }
        else if (host.Contains(':'))
        {
            return false;
        }

        if (host.AsSpan().Trim().Length != host.Length || Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            return false;
        }

        result = new HostPort(host, port);
        return true;
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
