using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Discovery.Node.ConsulDialect;

/// <summary>Makes registrations of Discovery of the services and checks that a configuration declares.</summary>
internal sealed class Definitions(Settings settings, ICollection<string> warnings)
{
    /// <summary>The services, each with its checks.</summary>
    public IReadOnlyList<ServiceRegistration> Services() =>
        [.. settings.Objects("services").Select(service => ToService(settings.Below(service)))];

    /// <summary>The checks that stand alone, each with the id of the service it belongs to, or null for the node.</summary>
    public IReadOnlyList<(CheckDefinition Check, string? ServiceId)> Checks() =>
    [
        .. settings.Objects("checks").Select(settings.Below)
            .Select(check => (ToCheck(check), check.TextOrNull("service_id"))),
    ];

    private ServiceRegistration ToService(Settings service)
    {
        var made = new ServiceRegistration
        {
            Name = service.Text("name"),
            Id = service.TextOrNull("id"),
            Address = service.TextOrNull("address"),
            Port = service.Whole("port"),
            PassingWeight = service.Whole("weights.passing", 1),
            WarningWeight = service.Whole("weights.warning", 1),
            EnableTagOverride = service.Bool("enable_tag_override"),
            Tags = [.. service.Texts("tags")],
        };
        foreach ((string name, ConfigValue value) in service.Entries("meta"))
        {
            made.Meta[name] = ((ConfigText)value).Text;
        }

        foreach ((string name, ConfigValue value) in service.Entries("tagged_addresses"))
        {
            Settings address = service.Below((ConfigObject)value);
            made.TaggedAddresses[name] = new ServiceAddress(address.Text("address"), address.Whole("port"));
        }

        AddOwnAddresses(made);
        if (service.Find("check") is ConfigObject single)
        {
            made.Checks.Add(ToCheck(service.Below(single)));
        }

        foreach (ConfigObject check in service.Objects("checks"))
        {
            made.Checks.Add(ToCheck(service.Below(check)));
        }

        return made;
    }

    // As Consul's agent does: an address that is an IP address is also the one of its family, in both networks.
    private static void AddOwnAddresses(ServiceRegistration service)
    {
        if (IPAddress.TryParse(service.Address, out IPAddress? address))
        {
            string family = address.AddressFamily == AddressFamily.InterNetworkV6 ? "ipv6" : "ipv4";
            service.TaggedAddresses.TryAdd($"lan_{family}", new ServiceAddress(service.Address!, service.Port));
            service.TaggedAddresses.TryAdd($"wan_{family}", new ServiceAddress(service.Address!, service.Port));
        }
    }

    private CheckDefinition ToCheck(Settings check)
    {
        var made = new CheckDefinition
        {
            CheckId = check.TextOrNull("id"),
            Name = check.TextOrNull("name"),
            Notes = check.TextOrNull("notes"),
            Status = ToStatus(check),
            Interval = Duration(check, "interval"),
            Timeout = Duration(check, "timeout"),
            Ttl = Duration(check, "ttl"),
            Http = check.TextOrNull("http"),
            Method = check.TextOrNull("method"),
            Body = check.TextOrNull("body"),
            Tcp = check.TextOrNull("tcp"),
            Grpc = check.TextOrNull("grpc"),
            GrpcUseTls = check.Bool("grpc_use_tls"),
            AliasNode = check.TextOrNull("alias_node"),
            AliasService = check.TextOrNull("alias_service"),
            TlsSkipVerify = check.Bool("tls_skip_verify"),
            SuccessBeforePassing = check.Whole("success_before_passing"),
            FailuresBeforeCritical = check.Whole("failures_before_critical"),
            DeregisterCriticalServiceAfter = Duration(check, "deregister_critical_service_after"),
            OutputMaxSize = check.Find("output_max_size") is null ? null : check.Whole("output_max_size"),
            Args = [.. ToArgs(check)],
        };
        foreach ((string name, ConfigValue values) in check.Entries("header"))
        {
            made.Header[name] = [.. Settings.Texts((ConfigList)values)];
        }

        return made;
    }

    private CheckStatus ToStatus(Settings check)
    {
        switch (check.Text("status"))
        {
            case "" or "critical":
                return CheckStatus.Critical;
            case "passing":
                return CheckStatus.Passing;
            case "warning":
                return CheckStatus.Warning;
            default:
                check.Fail("Status for checks must 'passing', 'warning', 'critical'");
                return CheckStatus.Critical;
        }
    }

    // Consul before 1.0 ran a check's "script" by a shell.
    private IReadOnlyList<string> ToArgs(Settings check)
    {
        if (check.TextOrNull("script") is not { } script)
        {
            return check.Texts("args");
        }

        warnings.Add(string.Create(
            CultureInfo.InvariantCulture, $"The 'script' field of checks is deprecated; \"{script}\" is run by /bin/sh -c. Use 'args'."));
        return ["/bin/sh", "-c", script];
    }

    private static TimeSpan? Duration(Settings check, string name) => check.Duration(name, $"check[].{name}");
}
