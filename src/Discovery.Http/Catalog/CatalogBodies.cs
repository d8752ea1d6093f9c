using Discovery.Infrastructure;

namespace Discovery.Catalog;

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

    private static ServiceRegistration ToRegistration(CatalogServiceBody body) => new()
    {
        Id = body.Id.Length > 0 ? body.Id : null,
        Name = body.Service,
        Tags = body.Tags ?? [],
        Address = body.Address.Length > 0 ? body.Address : null,
        TaggedAddresses = (body.TaggedAddresses ?? []).ToDictionary(
            static pair => pair.Key, static pair => new ServiceAddress(pair.Value.Address, Clamp(pair.Value.Port))),
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
        Status = body.Status switch
        {
            "passing" => CheckStatus.Passing,
            "warning" => CheckStatus.Warning,
            "critical" or "" => CheckStatus.Critical,
            _ => throw ApiException.BadRequest($"Invalid check status: '{body.Status}'"),
        },
        Notes = body.Notes,
        Output = body.Output,
        ServiceId = body.ServiceId.Length > 0 ? body.ServiceId : null,
        Type = body.Type.Length > 0 ? body.Type
            : body.Definition is { Http.Length: > 0 } ? "http"
            : body.Definition is { Tcp.Length: > 0 } ? "tcp"
            : "",
        Definition = body.Definition is { } definition ? ToDefinition(definition) : null,
    };

    private static CatalogCheckDefinition? ToDefinition(CatalogCheckDefinitionBody body)
    {
        var definition = new CatalogCheckDefinition
        {
            Http = body.Http,
            Tcp = body.Tcp,
            Method = body.Method,
            Body = body.Body,
            TlsSkipVerify = body.TlsSkipVerify,
            Interval = body.Interval ?? TimeSpan.Zero,
            Timeout = body.Timeout ?? TimeSpan.Zero,
            DeregisterCriticalServiceAfter = body.DeregisterCriticalServiceAfter ?? TimeSpan.Zero,
            Header = [.. (body.Header ?? []).OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair =>
                KeyValuePair.Create(pair.Key, (IReadOnlyList<string>)(pair.Value ?? [])))],
        };
        return definition.Equals(new CatalogCheckDefinition()) ? null : definition;
    }

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

    private static Guid ReadId(string id)
    {
        if (id.Length == 0)
        {
            return Guid.Empty;
        }

        string? trouble = id.Length != 36 ? "uuid string is wrong length"
            : id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' ? "uuid is improperly formatted"
            : id.FirstOrDefault(static c => c != '-' && !char.IsAsciiHexDigit(c)) is not '\0' and char odd
                ? $"encoding/hex: invalid byte: U+{(int)odd:X4} '{odd}'"
            : null;
        return trouble is not null ? throw new ApiException(500, $"Bad node ID: {trouble}")
            : Guid.TryParse(id, out Guid value) ? value : throw new ApiException(500, "Bad node ID: uuid is improperly formatted");
    }
}
