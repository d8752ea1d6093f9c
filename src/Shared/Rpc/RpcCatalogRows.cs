using Discovery.Wire;

namespace Discovery.Rpc;

/// <summary>The catalog's rows as Consul's servers send them; of the service mesh there is nothing.</summary>
internal static class RpcCatalogRows
{
    public static void WriteNode(ref MessagePackWriter writer, CatalogNode node)
    {
        writer.WriteMapHeader(8);
        Text(ref writer, "Address", node.Address);
        writer.Write("CreateIndex");
        writer.Write(node.CreateIndex);
        Text(ref writer, "Datacenter", node.Datacenter);
        writer.Write("ID");
        RpcReplies.WriteId(ref writer, node.Id);
        Map(ref writer, "Meta", node.Meta);
        writer.Write("ModifyIndex");
        writer.Write(node.ModifyIndex);
        Text(ref writer, "Node", node.Name);
        Map(ref writer, "TaggedAddresses", node.TaggedAddresses);
    }

    public static void WriteService(ref MessagePackWriter writer, CatalogService service)
    {
        writer.WriteMapHeader(15);
        Text(ref writer, "Address", service.Address);
        WriteConnect(ref writer, "Connect");
        writer.Write("CreateIndex");
        writer.Write(service.CreateIndex);
        writer.Write("EnableTagOverride");
        writer.Write(service.EnableTagOverride);
        Text(ref writer, "ID", service.Id);
        Text(ref writer, "Kind", "");
        writer.Write("LocallyRegisteredAsSidecar");
        writer.Write(false);
        Map(ref writer, "Meta", service.Meta);
        writer.Write("ModifyIndex");
        writer.Write(service.ModifyIndex);
        writer.Write("Port");
        writer.Write(service.Port);
        WriteProxy(ref writer, "Proxy");
        Text(ref writer, "Service", service.Name);
        WriteAddresses(ref writer, "TaggedAddresses", service.TaggedAddresses);
        writer.Write("Tags");
        RpcReplies.WriteTexts(ref writer, service.Tags);
        WriteWeights(ref writer, "Weights", service.Weights);
    }

    public static void WriteCheck(ref MessagePackWriter writer, CatalogCheck check, IReadOnlyList<string> serviceTags)
    {
        writer.WriteMapHeader(13);
        Text(ref writer, "CheckID", check.CheckId);
        writer.Write("CreateIndex");
        writer.Write(check.CreateIndex);
        WriteDefinition(ref writer, check.Definition ?? s_nothing);
        writer.Write("ModifyIndex");
        writer.Write(check.ModifyIndex);
        Text(ref writer, "Name", check.Name);
        Text(ref writer, "Node", check.Node);
        Text(ref writer, "Notes", check.Notes);
        Text(ref writer, "Output", check.Output);
        Text(ref writer, "ServiceID", check.ServiceId);
        Text(ref writer, "ServiceName", check.ServiceName);
        writer.Write("ServiceTags");
        RpcReplies.WriteTexts(ref writer, serviceTags);
        Text(ref writer, "Status", StatusText(check.Status));
        Text(ref writer, "Type", check.Type);
    }

    /// <summary>An instance and its node in one.</summary>
    public static void WriteServiceNode(ref MessagePackWriter writer, ServiceInstance instance)
    {
        (CatalogNode node, CatalogService service) = (instance.Node, instance.Service);
        writer.WriteMapHeader(20);
        Text(ref writer, "Address", node.Address);
        writer.Write("CreateIndex");
        writer.Write(service.CreateIndex);
        Text(ref writer, "Datacenter", node.Datacenter);
        writer.Write("ID");
        RpcReplies.WriteId(ref writer, node.Id);
        writer.Write("ModifyIndex");
        writer.Write(service.ModifyIndex);
        Text(ref writer, "Node", node.Name);
        Map(ref writer, "NodeMeta", node.Meta);
        Text(ref writer, "ServiceAddress", service.Address);
        WriteConnect(ref writer, "ServiceConnect");
        writer.Write("ServiceEnableTagOverride");
        writer.Write(service.EnableTagOverride);
        Text(ref writer, "ServiceID", service.Id);
        Text(ref writer, "ServiceKind", "");
        Map(ref writer, "ServiceMeta", service.Meta);
        Text(ref writer, "ServiceName", service.Name);
        writer.Write("ServicePort");
        writer.Write(service.Port);
        WriteProxy(ref writer, "ServiceProxy");
        WriteAddresses(ref writer, "ServiceTaggedAddresses", service.TaggedAddresses);
        writer.Write("ServiceTags");
        RpcReplies.WriteTexts(ref writer, service.Tags);
        WriteWeights(ref writer, "ServiceWeights", service.Weights);
        Map(ref writer, "TaggedAddresses", node.TaggedAddresses);
    }

    /// <summary>An instance with its node and its checks, those of the node first.</summary>
    public static void WriteInstance(ref MessagePackWriter writer, ServiceInstance instance)
    {
        writer.WriteMapHeader(3);
        writer.Write("Checks");
        CatalogCheck[] checks = [.. instance.Checks.OrderBy(static check => check.ServiceId.Length > 0)];
        writer.WriteArrayHeader(checks.Length);
        foreach (CatalogCheck check in checks)
        {
            WriteCheck(ref writer, check, check.ServiceId.Length == 0 ? [] : instance.Service.Tags);
        }

        writer.Write("Node");
        WriteNode(ref writer, instance.Node);
        writer.Write("Service");
        WriteService(ref writer, instance.Service);
    }

    private static readonly CatalogCheckDefinition s_nothing = new();

    private static string StatusText(CheckStatus status) => status switch
    {
        CheckStatus.Passing => "passing",
        CheckStatus.Warning => "warning",
        _ => "critical",
    };

    private static void WriteDefinition(ref MessagePackWriter writer, CatalogCheckDefinition definition)
    {
        writer.Write("Definition");
        writer.WriteMapHeader(18);
        foreach (string absent in (ReadOnlySpan<string>)["AliasNode", "AliasService", "DockerContainerID", "GRPC", "Shell"])
        {
            Text(ref writer, absent, "");
        }

        Text(ref writer, "Body", definition.Body);
        Duration(ref writer, "DeregisterCriticalServiceAfter", definition.DeregisterCriticalServiceAfter);
        writer.Write("GRPCUseTLS");
        writer.Write(false);
        Text(ref writer, "HTTP", definition.Http);
        writer.Write("Header");
        WriteHeader(ref writer, definition.Header);
        Duration(ref writer, "Interval", definition.Interval);
        Text(ref writer, "Method", definition.Method);
        writer.Write("OutputMaxSize");
        writer.Write(0);
        writer.Write("ScriptArgs");
        writer.WriteNil();
        Text(ref writer, "TCP", definition.Tcp);
        writer.Write("TLSSkipVerify");
        writer.Write(definition.TlsSkipVerify);
        Duration(ref writer, "TTL", TimeSpan.Zero);
        Duration(ref writer, "Timeout", definition.Timeout);
    }

    private static void WriteHeader(ref MessagePackWriter writer, IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> header)
    {
        if (header.Count == 0)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(header.Count);
        foreach ((string name, IReadOnlyList<string> values) in header)
        {
            writer.Write(name);
            RpcReplies.WriteTexts(ref writer, values);
        }
    }

    private static void WriteConnect(ref MessagePackWriter writer, string name)
    {
        writer.Write(name);
        writer.WriteMapHeader(2);
        writer.Write("Native");
        writer.Write(false);
        writer.Write("SidecarService");
        writer.WriteNil();
    }

    private static void WriteProxy(ref MessagePackWriter writer, string name)
    {
        writer.Write(name);
        writer.WriteMapHeader(8);
        writer.Write("Config");
        writer.WriteNil();
        Text(ref writer, "DestinationServiceID", "");
        Text(ref writer, "DestinationServiceName", "");
        writer.Write("Expose");
        writer.WriteMapHeader(2);
        writer.Write("Checks");
        writer.Write(false);
        writer.Write("Paths");
        writer.WriteNil();
        Text(ref writer, "LocalServiceAddress", "");
        writer.Write("LocalServicePort");
        writer.Write(0);
        writer.Write("MeshGateway");
        writer.WriteMapHeader(1);
        Text(ref writer, "Mode", "");
        writer.Write("Upstreams");
        writer.WriteNil();
    }

    private static void WriteAddresses(
        ref MessagePackWriter writer, string name, IReadOnlyList<KeyValuePair<string, ServiceAddress>> addresses)
    {
        writer.Write(name);
        if (addresses.Count == 0)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteMapHeader(addresses.Count);
        foreach ((string tag, ServiceAddress address) in addresses)
        {
            writer.Write(tag);
            writer.WriteMapHeader(2);
            Text(ref writer, "Address", address.Address);
            writer.Write("Port");
            writer.Write(address.Port);
        }
    }

    private static void WriteWeights(ref MessagePackWriter writer, string name, ServiceWeights weights)
    {
        writer.Write(name);
        writer.WriteMapHeader(2);
        writer.Write("Passing");
        writer.Write(weights.Passing);
        writer.Write("Warning");
        writer.Write(weights.Warning);
    }

    private static void Text(ref MessagePackWriter writer, string name, string value)
    {
        writer.Write(name);
        writer.Write(value);
    }

    private static void Duration(ref MessagePackWriter writer, string name, TimeSpan value)
    {
        writer.Write(name);
        RpcReplies.WriteDuration(ref writer, value);
    }

    private static void Map(ref MessagePackWriter writer, string name, IReadOnlyDictionary<string, string> map)
    {
        writer.Write(name);
        RpcReplies.WriteMap(ref writer, map);
    }
}
