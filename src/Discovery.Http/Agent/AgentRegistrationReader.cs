using System.Net;
using System.Net.Sockets;
using System.Text;
using Discovery.Infrastructure;
using Microsoft.Extensions.Options;

namespace Discovery.Agent;

/// <summary>Makes registrations out of request bodies, with Consul's rules, in its order and words.</summary>
internal sealed class AgentRegistrationReader(IOptions<HttpApiOptions> options, IOptions<HealthOptions> health)
{
    private const string StatusRule = "Status for checks must 'passing', 'warning', 'critical'";
    private const int MetaPairsMax = 64;
    private const int MetaKeyMax = 128;
    private const int MetaValueMax = 512;
    private const int WeightMax = 65_535;

    /// <summary>How a registration is meant that keeps the checks it does not name.</summary>
    public static readonly AgentRegisterOptions Keeping = new()
    {
        ChecksOfBefore = ChecksOfBefore.Keep,
        Lifetime = RegistrationLifetime.DataDirectory,
        NameRule = NameRule.Any,
    };

    /// <summary>How a registration is meant that replaces the checks of before.</summary>
    public static readonly AgentRegisterOptions Replacing = Keeping with { ChecksOfBefore = ChecksOfBefore.Replace };

    public ServiceRegistration ReadService(ReadOnlySpan<byte> json)
    {
        var body = new ServiceBody();
        Decode(json, ServiceBody.Shape, body);
        if (body.Name.Length == 0)
        {
            throw ApiException.BadRequest("Missing service name");
        }

        if (body.Address is "0.0.0.0" or "::" or "[::]")
        {
            throw ApiException.BadRequest("Invalid service address");
        }

        CheckWeights(body.Weights);
        CheckMeta(body.Meta);
        CheckPlain(body.Kind, body.Proxy, body.Connect);
        List<CheckDefinition> checks = ReadChecks(body);
        ServiceRegistration registration = new()
        {
            Name = body.Name,
            Id = body.Id.Length == 0 ? null : body.Id,
            Tags = body.Tags ?? [],
            Address = body.Address,
            Port = ReadPort(body.Port, "Port"),
            Meta = body.Meta ?? [],
            TaggedAddresses = ReadAddresses(body),
            EnableTagOverride = body.EnableTagOverride,
            Checks = checks,
        };
        if (body.Weights is { } weights)
        {
            registration.PassingWeight = (int)weights.Passing;
            registration.WarningWeight = (int)weights.Warning;
        }

        CheckScripts(checks);
        return registration;
    }

    /// <summary>A check that stands alone, and the service that it is to be of.</summary>
    public (CheckDefinition Definition, string? ServiceId) ReadCheck(ReadOnlySpan<byte> json)
    {
        var body = new CheckBody();
        Decode(json, CheckBody.Alone, body);
        if (body.Name.Length == 0)
        {
            throw ApiException.BadRequest("Missing check name");
        }

        if (body.Status is not ("" or "passing" or "warning" or "critical"))
        {
            throw ApiException.BadRequest("Bad check status");
        }

        CheckDefinition definition = ReadCheck(body);

        // Without an id of its own it has its name's, also as a check of a service.
        definition.CheckId ??= body.Name;
        CheckScripts([definition]);
        return (definition, body.ServiceId.Length == 0 ? null : body.ServiceId);
    }

    public static void Decode<T>(ReadOnlySpan<byte> json, GoShape<T> shape, T body)
        where T : class, new()
    {
        if (GoJson.Decode(json, shape, body) is { } trouble)
        {
            throw ApiException.BadRequest(GoJson.ErrorPrefix + trouble);
        }
    }

    private static void CheckMeta(Dictionary<string, string>? meta)
    {
        if (meta is null)
        {
            return;
        }

        if (meta.Count > MetaPairsMax)
        {
            throw ApiException.BadRequest("Invalid Service Meta: Node metadata cannot contain more than 64 key/value pairs");
        }

        foreach ((string key, string value) in meta.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            string? reason = key.Length == 0 ? "Key cannot be blank"
                : !key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? "Key contains invalid characters"
                : key.Length > MetaKeyMax ? "Key is too long (limit: 128 characters)"
                : key.StartsWith("consul-", StringComparison.Ordinal) ? "Key prefix 'consul-' is reserved for internal use"
                : Encoding.UTF8.GetByteCount(value) > MetaValueMax ? "Value is too long (limit: 512 characters)"
                : null;
            if (reason is not null)
            {
                throw ApiException.BadRequest($"Invalid Service Meta: Couldn't load metadata pair ('{key}', '{value}'): {reason}");
            }
        }
    }

    private static void CheckWeights(WeightsBody? weights)
    {
        string? reason = weights is null ? null
            : weights.Passing < 1 ? "Passing must be greater than 0"
            : weights.Warning < 0 ? "Warning must be greater or equal than 0"
            : weights.Passing > WeightMax || weights.Warning > WeightMax ? "DNS Weight must be between 0 and 65535"
            : null;
        if (reason is not null)
        {
            throw ApiException.BadRequest($"Invalid Weights: {reason}");
        }
    }

    // Proxies and the mesh are not offered: a registration that asks for them is refused rather than taken without them.
    private static void CheckPlain(string kind, ProxyBody? proxy, ConnectBody? connect)
    {
        string? what = kind.Length > 0 ? $"Kind \"{kind}\""
            : proxy is { HasContent: true } ? "Proxy"
            : connect is { HasContent: true } ? "Connect"
            : null;
        if (what is not null)
        {
            throw ApiException.BadRequest(
                $"Invalid service: {what} is not supported: this node has no service mesh, register a plain service");
        }
    }

    private List<CheckDefinition> ReadChecks(ServiceBody body)
    {
        var checks = new List<CheckDefinition>();
        if (body.Check is { IsEmpty: false } one)
        {
            checks.Add(ReadCheck(one));
        }

        foreach (CheckBody? each in body.Checks ?? [])
        {
            checks.Add(ReadCheck(each ?? throw ApiException.BadRequest("Invalid check: must not be null")));
        }

        return checks;
    }

    private CheckDefinition ReadCheck(CheckBody body)
    {
        CheckDefinition definition = ToDefinition(body);
        if (body.DockerContainerId.Length > 0)
        {
            throw ApiException.BadRequest("Invalid check: DockerContainerID is not supported: this node does not run checks in containers");
        }

        if (CheckDefinitionValidator.Validate(definition) is { Count: > 0 } failures)
        {
            throw ApiException.BadRequest($"Invalid check: {failures[0].Message}");
        }

        return body.Status is "" or "passing" or "warning" or "critical" ? definition : throw ApiException.BadRequest(StatusRule);
    }

    private CheckDefinition ToDefinition(CheckBody body)
    {
        var definition = new CheckDefinition
        {
            CheckId = OrNull(body.CheckId),
            Name = OrNull(body.Name),
            Notes = OrNull(body.Notes),
            Status = body.Status switch
            {
                "passing" => CheckStatus.Passing,
                "warning" => CheckStatus.Warning,
                _ => CheckStatus.Critical,
            },
            Interval = AtLeast(body.Interval, options.Value.CheckIntervalMin),
            Timeout = Positive(body.Timeout),
            Ttl = Positive(body.Ttl),
            DeregisterCriticalServiceAfter = AtLeast(body.DeregisterCriticalServiceAfter, options.Value.CheckDeregisterIntervalMin),
            Http = OrNull(body.Http),
            Method = OrNull(body.Method),
            Body = OrNull(body.Body),
            DisableRedirects = body.DisableRedirects,
            Tcp = OrNull(body.Tcp),
            TcpUseTls = body.TcpUseTls,
            Udp = OrNull(body.Udp),
            Grpc = OrNull(body.Grpc),
            GrpcUseTls = body.GrpcUseTls,
            H2Ping = OrNull(body.H2Ping),
            H2PingUseTls = body.H2PingUseTls,
            TlsSkipVerify = body.TlsSkipVerify,
            TlsServerName = OrNull(body.TlsServerName),
            Args = body.Args ?? [],
            AliasNode = OrNull(body.AliasNode),
            AliasService = OrNull(body.AliasService),
            SuccessBeforePassing = Clamp(body.SuccessBeforePassing),
            FailuresBeforeWarning = body.FailuresBeforeWarning == 0 ? null : Clamp(body.FailuresBeforeWarning),
            FailuresBeforeCritical = Clamp(body.FailuresBeforeCritical),
            OutputMaxSize = (int)Math.Clamp(body.OutputMaxSize, -1, int.MaxValue),
        };
        foreach ((string name, List<string>? values) in body.Header ?? [])
        {
            definition.Header[name] = values ?? [];
        }

        return definition;
    }

    // An address that is an IP address is also the one of its family, within the datacenter and beyond.
    private static Dictionary<string, ServiceAddress> ReadAddresses(ServiceBody body)
    {
        var addresses = new Dictionary<string, ServiceAddress>(StringComparer.Ordinal);
        foreach ((string tag, AddressBody address) in body.TaggedAddresses ?? [])
        {
            CheckFamily(tag, address.Address);
            addresses[tag] = new ServiceAddress(address.Address, ReadPort(address.Port, $"TaggedAddresses[{tag}].Port"));
        }

        if (IPAddress.TryParse(body.Address, out IPAddress? ip))
        {
            string family = ip.AddressFamily == AddressFamily.InterNetwork ? "ipv4" : "ipv6";
            var own = new ServiceAddress(body.Address, ReadPort(body.Port, "Port"));
            addresses.TryAdd($"lan_{family}", own);
            addresses.TryAdd($"wan_{family}", own);
        }

        return addresses;
    }

    private static void CheckFamily(string tag, string address)
    {
        (AddressFamily wanted, string family) = tag switch
        {
            "lan_ipv4" or "wan_ipv4" => (AddressFamily.InterNetwork, "ipv4"),
            "lan_ipv6" or "wan_ipv6" => (AddressFamily.InterNetworkV6, "ipv6"),
            _ => (AddressFamily.Unspecified, ""),
        };
        if (family.Length > 0 && !(IPAddress.TryParse(address, out IPAddress? ip) && ip.AddressFamily == wanted))
        {
            throw new ApiException(500, $"Service tagged address \"{tag}\" must be a valid {family} address");
        }
    }

    private static int ReadPort(long port, string field) => port is >= 0 and <= 65_535
        ? (int)port
        : throw ApiException.BadRequest($"Invalid service: {field}: {port} is not a port, use 0 to 65535");

    private void CheckScripts(List<CheckDefinition> checks)
    {
        bool isAllowed = health.Value.EnableScriptChecks && !options.Value.RefuseScriptChecks;
        if (!isAllowed && checks.Any(static check => check.Kind == CheckKind.Script))
        {
            throw new ApiException(
                500, "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true");
        }
    }

    private static string? OrNull(string text) => text.Length == 0 ? null : text;

    private static int Clamp(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    private static TimeSpan? Positive(TimeSpan? value) => value > TimeSpan.Zero ? value : null;

    private static TimeSpan? AtLeast(TimeSpan? value, TimeSpan least) =>
        Positive(value) is { } given ? (given < least ? least : given) : null;
}
