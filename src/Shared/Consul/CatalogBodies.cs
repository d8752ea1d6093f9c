namespace Discovery.Consul;

/// <summary>Makes registrations of request bodies. Pure.</summary>
internal static class CatalogBodies
{
    /// <summary>The registration that a body asks for; throws Consul's text for an id that is none.</summary>
    public static CatalogRegistration ToRegistration(CatalogRegisterBody body)
    {
        RefuseMesh(body.Service);
        var registration = new CatalogRegistration
        {
            Node = body.Node,
            NodeId = ReadId(body.Id),
            Address = body.Address,
            TaggedAddresses = body.TaggedAddresses ?? [],
            NodeMeta = body.NodeMeta ?? [],
            SkipNodeUpdate = body.SkipNodeUpdate,
            Service = body.Service is { } service ? ToRegistration(service) : null,
            Ownership = CatalogOwnership.Consul,
        };

        // Where one check is given in both places, the single one is written last, and so stays.
        foreach (CatalogCheckBody? check in (IEnumerable<CatalogCheckBody?>)[.. body.Checks ?? [], body.Check])
        {
            if (check is not null)
            {
                CatalogCheckRegistration one = ToRegistration(check);
                string id = one.CheckId ?? one.Name;
                int known = registration.Checks.ToList().FindIndex(other => (other.CheckId ?? other.Name) == id);
                if (known >= 0)
                {
                    registration.Checks[known] = one;
                }
                else
                {
                    registration.Checks.Add(one);
                }
            }
        }

        return registration;
    }

    /// <summary>The deregistration that a body asks for.</summary>
    public static CatalogDeregistration ToDeregistration(CatalogDeregisterBody body) => new()
    {
        Node = body.Node,
        ServiceId = body.ServiceId.Length > 0 ? body.ServiceId : null,

        // Whoever names both means the service.
        CheckId = body.ServiceId.Length == 0 && body.CheckId.Length > 0 ? body.CheckId : null,
        Ownership = CatalogOwnership.Consul,
    };

    /// <summary>The status that a word means; none is critical.</summary>
    public static CheckStatus ToStatus(string status) => status switch
    {
        "passing" => CheckStatus.Passing,
        "warning" => CheckStatus.Warning,
        "critical" or "" => CheckStatus.Critical,
        _ => throw ApiException.BadRequest($"Invalid check status: '{status}'"),
    };

    /// <summary>A definition, or null for one that says nothing.</summary>
    public static CatalogCheckDefinition? ToDefinition(CatalogCheckDefinition definition) =>
        definition.Equals(new CatalogCheckDefinition()) ? null : definition;

    /// <summary>The header of a check, in the order of the names.</summary>
    public static IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> ToHeader(Dictionary<string, List<string>?>? header) =>
        [.. (header ?? []).OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair =>
            KeyValuePair.Create(pair.Key, (IReadOnlyList<string>)(pair.Value ?? [])))];

    /// <summary>Addresses by their tags, in the order of these.</summary>
    public static IReadOnlyList<KeyValuePair<string, ServiceAddress>> ToAddresses(Dictionary<string, AddressBody>? addresses) =>
        [.. (addresses ?? []).OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair =>
            KeyValuePair.Create(pair.Key, new ServiceAddress(pair.Value.Address, Clamp(pair.Value.Port))))];

    /// <summary>What is wrong with an id of a node, or null; none is fine.</summary>
    public static string? TroubleOfId(string id) => id.Length == 0 ? null
        : id.Length != 36 ? "uuid string is wrong length"
        : id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' ? "uuid is improperly formatted"
        : id.FirstOrDefault(static c => c != '-' && !char.IsAsciiHexDigit(c)) is not '\0' and char odd
            ? $"encoding/hex: invalid byte: U+{(int)odd:X4} '{odd}'"
        : Guid.TryParseExact(id, "D", out _) ? null : "uuid is improperly formatted";

    private static ServiceRegistration ToRegistration(CatalogServiceBody body) => new()
    {
        Id = body.Id.Length > 0 ? body.Id : null,
        Name = body.Service,
        Tags = body.Tags ?? [],
        Address = body.Address.Length > 0 ? body.Address : null,
        TaggedAddresses = new Dictionary<string, ServiceAddress>(ToAddresses(body.TaggedAddresses)),
        Meta = body.Meta ?? [],
        Port = Clamp(body.Port),
        PassingWeight = body.Weights is { Passing: not 0 } or { Warning: not 0 } ? Clamp(body.Weights.Passing) : 1,
        WarningWeight = body.Weights is { Passing: not 0 } or { Warning: not 0 } ? Clamp(body.Weights.Warning) : 1,
        EnableTagOverride = body.EnableTagOverride,
    };

    private static CatalogCheckRegistration ToRegistration(CatalogCheckBody body) => new()
    {
        CheckId = body.CheckId.Length > 0 ? body.CheckId : null,
        Name = body.Name,
        Node = body.Node.Length > 0 ? body.Node : null,
        Status = ToStatus(body.Status),
        Notes = body.Notes,
        Output = body.Output,
        ServiceId = body.ServiceId.Length > 0 ? body.ServiceId : null,
        Type = body.Type.Length > 0 ? body.Type
            : body.Definition is { Http.Length: > 0 } ? "http"
            : body.Definition is { Tcp.Length: > 0 } ? "tcp"
            : "",
        Definition = body.Definition is { } definition ? ToDefinition(definition) : null,
    };

    private static CatalogCheckDefinition? ToDefinition(CatalogCheckDefinitionBody body) => ToDefinition(new CatalogCheckDefinition
    {
        Http = body.Http,
        Tcp = body.Tcp,
        Method = body.Method,
        Body = body.Body,
        TlsSkipVerify = body.TlsSkipVerify,
        Interval = body.Interval ?? TimeSpan.Zero,
        Timeout = body.Timeout ?? TimeSpan.Zero,
        DeregisterCriticalServiceAfter = body.DeregisterCriticalServiceAfter ?? TimeSpan.Zero,
        Header = ToHeader(body.Header),
    });

    private static void RefuseMesh(CatalogServiceBody? service)
    {
        if (service is not null
            && (service.Kind is not ("" or "typical") || service.Proxy is { HasContent: true } || service.Connect is { HasContent: true }))
        {
            throw ApiException.BadRequest("Service mesh is not supported: Kind, Proxy and Connect must be empty");
        }
    }

    // A number beyond what a port or weight can be stays beyond it, so that the catalog tells it.
    private static int Clamp(long value) => (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    private static Guid ReadId(string id) => TroubleOfId(id) is { } trouble
        ? throw new ApiException(500, $"Bad node ID: {trouble}")
        : id.Length == 0 ? Guid.Empty : Guid.ParseExact(id, "D");
}
