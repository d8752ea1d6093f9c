using System.Globalization;
using System.Net;

namespace Discovery.Node.ConsulDialect;

/// <summary>What Consul checks once all values are read: the first failure is told, in its words.</summary>
internal static class Validation
{
    
    private const int MetaKeyCharsMax = 128;
    private const int MetaValueCharsMax = 512;
    private const string BothUis = "Both the ui and ui-dir flags were specified, please provide only one.\n"
        + "If trying to use your own web UI resources, use the ui-dir flag.\n"
        + "The web UI is included in the binary so use ui to enable it";

    /// <exception cref="DialectException">The configuration cannot be used.</exception>
    public static void Check(Settings settings, bool isDev, IReadOnlyList<ListenAddress> listeners)
    {
        Networks(settings);
        Identity(settings, isDev);
        Bootstrap(settings);
        Limits(settings);
        foreach ((string key, ConfigValue value) in settings.Entries("node_meta"))
        {
            if (MetaFailure(key, ((ConfigText)value).Text) is { } why)
            {
                throw new DialectException(
                    $"node_meta invalid: Couldn't load metadata pair ('{key}', '{((ConfigText)value).Text}'): {why}");
            }
        }

        Listening(listeners);
    }

    private static void Networks(Settings settings)
    {
        foreach (string network in settings.Texts("http_config.allow_write_http_from"))
        {
            if (!IPNetwork.TryParse(network, out _))
            {
                throw DialectException.Of([$"allow_write_http_from: invalid cidr: {network}"]);
            }
        }
    }

    private static void Identity(Settings settings, bool isDev)
    {
        string datacenter = settings.Text("datacenter").ToLowerInvariant();
        if (settings.Find("datacenter") is not null && datacenter.Length == 0)
        {
            throw new DialectException("datacenter cannot be empty");
        }

        if (!datacenter.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_'))
        {
            throw new DialectException($"datacenter cannot be \"{datacenter}\". Please use only [a-z0-9-_]");
        }

        if (settings.Text("data_dir").Length == 0 && !isDev)
        {
            throw new DialectException("data_dir cannot be empty");
        }

        if (settings.Text("data_dir") is { Length: > 0 } folder && File.Exists(folder))
        {
            throw new DialectException($"data_dir \"{folder}\" is not a directory");
        }

        string id = settings.Text("node_id");
        if (id.Length > 0 && !Guid.TryParseExact(id, "D", out _))
        {
            throw new DialectException(
                $"failed to setup node ID: specified NodeID is invalid: \"{id}\" is no UUID such as 01234567-89ab-cdef-0123-456789abcdef");
        }

        string advertised = settings.Text("advertise_addr");
        if (advertised is "0.0.0.0" or "::" or "[::]")
        {
            throw new DialectException("Advertise address cannot be 0.0.0.0, :: or [::]");
        }

        if (settings.Text("segment").Length > 0)
        {
            throw new DialectException("Network segments are not supported in this version of Consul");
        }
    }

    private static void Bootstrap(Settings settings)
    {
        bool isServer = settings.Bool("server");
        int expected = settings.Whole("bootstrap_expect");
        if (settings.Bool("bootstrap") && !isServer)
        {
            throw new DialectException("'bootstrap = true' requires 'server = true'");
        }

        if (expected < 0)
        {
            throw new DialectException(string.Create(
                CultureInfo.InvariantCulture, $"bootstrap_expect cannot be {expected}. Must be greater than or equal to zero"));
        }

        if (expected > 0 && !isServer)
        {
            throw new DialectException("'bootstrap_expect > 0' requires 'server = true'");
        }

        if (expected > 0 && settings.Bool("bootstrap"))
        {
            throw new DialectException("'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive");
        }
    }

    private static void Limits(Settings settings)
    {
        foreach (string key in (string[])["dns_config.udp_answer_limit", "dns_config.a_record_limit"])
        {
            if (settings.Whole(key) < 0)
            {
                throw new DialectException(string.Create(
                    CultureInfo.InvariantCulture, $"{key} cannot be {settings.Whole(key)}. Must be greater than or equal to zero"));
            }
        }

        int multiplier = settings.Whole("performance.raft_multiplier", 5);
        if (multiplier is < 1 or > 10)
        {
            throw new DialectException(string.Create(
                CultureInfo.InvariantCulture, $"performance.raft_multiplier cannot be {multiplier}. Must be between 1 and 10"));
        }

        if (settings.Whole("check_output_max_size", 1) < 1)
        {
            throw new DialectException("check_output_max_size must be positive, to discard check output use the discard_check_output flag");
        }

        if (settings.Bool("ui") && settings.Text("ui_dir").Length > 0)
        {
            throw new DialectException(BothUis);
        }
    }

    private static string? MetaFailure(string key, string value) => key switch
    {
        "" => "Key cannot be blank",
        _ when !key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') => "Key contains invalid characters",
        { Length: > MetaKeyCharsMax } => $"Key is too long (limit: {MetaKeyCharsMax} characters)",
        _ when key.StartsWith("consul-", StringComparison.OrdinalIgnoreCase) => "Key prefix 'consul-' is reserved for internal use",
        _ when value.Length > MetaValueCharsMax => $"Value is too long (limit: {MetaValueCharsMax} characters)",
        _ => null,
    };

    private static void Listening(IReadOnlyList<ListenAddress> listeners)
    {
        var users = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ListenAddress listener in listeners)
        {
            string user = listener.Key.EndsWith("dns", StringComparison.Ordinal) ? "DNS" : "HTTP";
            if (!users.TryAdd(listener.ToString(), user))
            {
                throw new DialectException($"{user} address {listener} already configured for {users[listener.ToString()]}");
            }
        }
    }
}
