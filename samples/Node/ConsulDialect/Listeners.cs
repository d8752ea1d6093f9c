using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Discovery.Node.ConsulDialect;

/// <summary>Works out where to listen from addresses and ports.</summary>
internal sealed class Listeners(Settings settings)
{
    private const string UnixScheme = "unix://";
    private const int PortMax = 65_535;

    public IReadOnlyList<ListenAddress> Http() => Of("http", 8500);

    public IReadOnlyList<ListenAddress> Dns() => Of("dns", 8600);

    /// <summary>The one address of a key, or null.</summary>
    public IPAddress? Address(string key)
    {
        string[] parts = Split(key);
        if (parts.Length > 1)
        {
            throw new DialectException($"{key} cannot contain multiple addresses. Use 'addresses.{{dns,http,https}}' instead.");
        }

        return parts.Length == 0 ? null : Parse(key, parts[0]);
    }

    public static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private List<ListenAddress> Of(string protocol, int defaultPort)
    {
        string portKey = $"ports.{protocol}";
        int port = settings.Whole(portKey, defaultPort);
        if (port > PortMax)
        {
            settings.Fail(string.Create(CultureInfo.InvariantCulture, $"{portKey}: invalid port: {port}"));
        }

        string key = settings.TextOrNull($"addresses.{protocol}") is not null ? $"addresses.{protocol}" : "client_addr";
        string[] addresses = Split(key);
        List<ListenAddress> made = [];
        foreach (string address in addresses.Length > 0 ? addresses : ["127.0.0.1"])
        {
            if (address.StartsWith(UnixScheme, StringComparison.Ordinal))
            {
                made.Add(protocol == "http" ? new ListenAddress(null, address[UnixScheme.Length..], key)
                    : throw new DialectException("DNS address cannot be a unix socket"));
            }
            else if (Parse(key, address) is { } ip && port is > 0 and <= PortMax)
            {
                made.Add(new ListenAddress(new IPEndPoint(ip, port), null, portKey));
            }
        }

        return made;
    }

    private string[] Split(string key) => settings.Text(key).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private IPAddress? Parse(string key, string text)
    {
        if (IPAddress.TryParse(text.Trim('[', ']'), out IPAddress? address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(static c => c == '.') == 3))
        {
            return address;
        }

        settings.Fail(text.Contains("{{", StringComparison.Ordinal)
            ? $"{key}: templates are not understood here; write the address itself"
            : $"{key}: invalid ip address: {text}");
        return null;
    }
}
