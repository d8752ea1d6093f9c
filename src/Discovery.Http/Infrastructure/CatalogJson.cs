using Discovery.Wire;

namespace Discovery.Infrastructure;

/// <summary>The catalog's rows as Consul's API shows them, field by field in its order.</summary>
/// <remarks>
/// What a Go program leaves as a nil map is <c>null</c> here: metadata and tagged addresses that are empty. Consul tells an empty map that
/// was given from one that was not; the catalog does not.
/// </remarks>
internal static class CatalogJson
{
    /// <summary>A node.</summary>
    public static JsonBuffer WriteNode(JsonBuffer json, CatalogNode node)
    {
        WriteId(json.Raw("{\"ID\":"u8), node.Id);
        json.Raw(",\"Node\":"u8).String(node.Name);
        json.Raw(",\"Address\":"u8).String(node.Address);
        json.Raw(",\"Datacenter\":"u8).String(node.Datacenter);
        WriteMap(json.Raw(",\"TaggedAddresses\":"u8), node.TaggedAddresses);
        WriteMap(json.Raw(",\"Meta\":"u8), node.Meta);
        return WriteIndexes(json, node.CreateIndex, node.ModifyIndex);
    }

    /// <summary>A service as it stands below its node.</summary>
    public static JsonBuffer WriteService(JsonBuffer json, CatalogService service, bool isEmptyNull = false)
    {
        json.Raw("{\"ID\":"u8).String(service.Id);
        json.Raw(",\"Service\":"u8).String(service.Name);
        WriteTags(json.Raw(",\"Tags\":"u8), service.Tags, isEmptyNull);
        json.Raw(",\"Address\":"u8).String(service.Address);
        if (service.TaggedAddresses.Count > 0)
        {
            WriteAddresses(json.Raw(",\"TaggedAddresses\":"u8), service.TaggedAddresses);
        }

        WriteMap(json.Raw(",\"Meta\":"u8), service.Meta);
        json.Raw(",\"Port\":"u8).Number(service.Port);
        WriteWeights(json.Raw(",\"Weights\":"u8), service.Weights);
        json.Raw(",\"EnableTagOverride\":"u8).Bool(service.EnableTagOverride);
        json.Raw(",\"Proxy\":{\"MeshGateway\":{},\"Expose\":{}},\"Connect\":{}"u8);
        return WriteIndexes(json, service.CreateIndex, service.ModifyIndex);
    }

    /// <summary>A check, with the tags of the service that it belongs to.</summary>
    public static JsonBuffer WriteCheck(
        JsonBuffer json, CatalogCheck check, IReadOnlyList<string> serviceTags, bool isEmptyNull = false)
    {
        json.Raw("{\"Node\":"u8).String(check.Node);
        json.Raw(",\"CheckID\":"u8).String(check.CheckId);
        json.Raw(",\"Name\":"u8).String(check.Name);
        json.Raw(",\"Status\":\""u8).Raw(StatusText(check.Status)).Byte((byte)'"');
        json.Raw(",\"Notes\":"u8).String(check.Notes);
        json.Raw(",\"Output\":"u8).String(check.Output);
        json.Raw(",\"ServiceID\":"u8).String(check.ServiceId);
        json.Raw(",\"ServiceName\":"u8).String(check.ServiceName);
        WriteTags(json.Raw(",\"ServiceTags\":"u8), serviceTags, isEmptyNull);
        json.Raw(",\"Type\":"u8).String(check.Type);
        WriteDefinition(json.Raw(",\"Definition\":"u8), check.Definition);
        return WriteIndexes(json, check.CreateIndex, check.ModifyIndex);
    }

    /// <summary>An instance as <c>/v1/health/service</c> shows it.</summary>
    public static JsonBuffer WriteHealthInstance(JsonBuffer json, ServiceInstance instance)
    {
        WriteNode(json.Raw("{\"Node\":"u8), instance.Node);
        WriteService(json.Raw(",\"Service\":"u8), instance.Service);
        json.Raw(",\"Checks\":["u8);
        int start = json.Length;

        // Those of the node come first.
        foreach (bool isOfNode in (ReadOnlySpan<bool>)[true, false])
        {
            for (int i = 0; i < instance.Checks.Count; i++)
            {
                CatalogCheck check = instance.Checks[i];
                if (check.ServiceId.Length == 0 == isOfNode)
                {
                    WriteCheck(json.Length > start ? json.Byte((byte)',') : json, check, isOfNode ? [] : instance.Service.Tags);
                }
            }
        }

        return json.Raw("]}"u8);
    }

    /// <summary>An instance as <c>/v1/catalog/service</c> shows it.</summary>
    public static JsonBuffer WriteCatalogInstance(JsonBuffer json, ServiceInstance instance)
    {
        (CatalogNode node, CatalogService service) = (instance.Node, instance.Service);
        WriteId(json.Raw("{\"ID\":"u8), node.Id);
        json.Raw(",\"Node\":"u8).String(node.Name);
        json.Raw(",\"Address\":"u8).String(node.Address);
        json.Raw(",\"Datacenter\":"u8).String(node.Datacenter);
        WriteMap(json.Raw(",\"TaggedAddresses\":"u8), node.TaggedAddresses);
        WriteMap(json.Raw(",\"NodeMeta\":"u8), node.Meta);
        json.Raw(",\"ServiceKind\":\"\",\"ServiceID\":"u8).String(service.Id);
        json.Raw(",\"ServiceName\":"u8).String(service.Name);
        json.Raw(",\"ServiceTags\":"u8).Strings(service.Tags);
        json.Raw(",\"ServiceAddress\":"u8).String(service.Address);
        if (service.TaggedAddresses.Count > 0)
        {
            WriteAddresses(json.Raw(",\"ServiceTaggedAddresses\":"u8), service.TaggedAddresses);
        }

        WriteWeights(json.Raw(",\"ServiceWeights\":"u8), service.Weights);
        json.Raw(",\"ServiceMeta\":"u8).Map(service.Meta);
        json.Raw(",\"ServicePort\":"u8).Number(service.Port);
        json.Raw(",\"ServiceEnableTagOverride\":"u8).Bool(service.EnableTagOverride);
        json.Raw(",\"ServiceProxy\":{\"MeshGateway\":{},\"Expose\":{}},\"ServiceConnect\":{}"u8);
        return WriteIndexes(json, service.CreateIndex, service.ModifyIndex);
    }

    /// <summary>The word for a status.</summary>
    public static ReadOnlySpan<byte> StatusText(CheckStatus status) => status switch
    {
        CheckStatus.Passing => "passing"u8,
        CheckStatus.Warning => "warning"u8,
        _ => "critical"u8,
    };

    /// <summary>Addresses by tag, in ordinal order of the tags.</summary>
    public static JsonBuffer WriteAddresses(JsonBuffer json, IReadOnlyList<KeyValuePair<string, ServiceAddress>> addresses)
    {
        json.Byte((byte)'{');
        for (int i = 0; i < addresses.Count; i++)
        {
            (string tag, ServiceAddress address) = addresses[i];
            (i > 0 ? json.Byte((byte)',') : json).String(tag).Raw(":{\"Address\":"u8).String(address.Address);
            json.Raw(",\"Port\":"u8).Number(address.Port).Byte((byte)'}');
        }

        return json.Byte((byte)'}');
    }

    /// <summary>The weights of a service.</summary>
    public static JsonBuffer WriteWeights(JsonBuffer json, ServiceWeights weights) =>
        json.Raw("{\"Passing\":"u8).Number(weights.Passing).Raw(",\"Warning\":"u8).Number(weights.Warning).Byte((byte)'}');

    private static void WriteId(JsonBuffer json, Guid id)
    {
        if (id == Guid.Empty)
        {
            json.Raw("\"\""u8);
        }
        else
        {
            json.Id(id);
        }
    }

    private static void WriteTags(JsonBuffer json, IReadOnlyList<string> tags, bool isEmptyNull)
    {
        if (isEmptyNull && tags.Count == 0)
        {
            json.Raw("null"u8);
        }
        else
        {
            json.Strings(tags);
        }
    }

    private static void WriteMap(JsonBuffer json, IReadOnlyDictionary<string, string> map)
    {
        if (map.Count == 0)
        {
            json.Raw("null"u8);
        }
        else
        {
            json.Map(map);
        }
    }

    private static JsonBuffer WriteIndexes(JsonBuffer json, ulong createIndex, ulong modifyIndex) =>
        json.Raw(",\"CreateIndex\":"u8).Number(createIndex).Raw(",\"ModifyIndex\":"u8).Number(modifyIndex).Byte((byte)'}');

    // Only what is set is shown, each but the first after a comma.
    private static void WriteDefinition(JsonBuffer json, CatalogCheckDefinition? definition)
    {
        json.Byte((byte)'{');
        if (definition is not null)
        {
            int start = json.Length;
            Duration("\"Interval\":"u8, definition.Interval);
            Duration("\"Timeout\":"u8, definition.Timeout);
            Duration("\"DeregisterCriticalServiceAfter\":"u8, definition.DeregisterCriticalServiceAfter);
            Text("\"HTTP\":"u8, definition.Http);
            if (definition.TlsSkipVerify)
            {
                Name("\"TLSSkipVerify\":true"u8);
            }

            WriteHeader(definition.Header);
            Text("\"Method\":"u8, definition.Method);
            Text("\"Body\":"u8, definition.Body);
            Text("\"TCP\":"u8, definition.Tcp);

            void Name(ReadOnlySpan<byte> name) => (json.Length > start ? json.Byte((byte)',') : json).Raw(name);

            void Text(ReadOnlySpan<byte> name, string value)
            {
                if (value.Length > 0)
                {
                    Name(name);
                    json.String(value);
                }
            }

            void Duration(ReadOnlySpan<byte> name, TimeSpan value)
            {
                if (value != TimeSpan.Zero)
                {
                    Name(name);
                    json.String(GoDuration.Format(value));
                }
            }

            void WriteHeader(IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> header)
            {
                if (header.Count == 0)
                {
                    return;
                }

                Name("\"Header\":{"u8);
                for (int i = 0; i < header.Count; i++)
                {
                    (i > 0 ? json.Byte((byte)',') : json).String(header[i].Key).Byte((byte)':').Strings(header[i].Value);
                }

                json.Byte((byte)'}');
            }
        }

        json.Byte((byte)'}');
    }
}
