using Discovery.Consul;
using Discovery.Rpc;

namespace Discovery.Transactions;

/// <summary>Operations of a transaction as nodes send them to each other, their fields in the order in which Go declares them.</summary>
internal static class RpcTransactionShapes
{
    private static readonly RpcShape<KeyValueOperationBody> s_entry = new(
        new("LockIndex", static (ref reader, _) => reader.Skip()),
        new("Key", static (ref reader, body) => reader.ReadUtf8(ref body.Key)),
        new("Flags", static (ref reader, body) => reader.ReadUnsigned(ref body.Flags)),
        new("Value", static (ref reader, body) => reader.ReadBytes(ref body.Value)),
        new("Session", static (ref reader, body) => reader.ReadText(ref body.Session)),
        new("CreateIndex", static (ref reader, _) => reader.Skip()),
        new("ModifyIndex", static (ref reader, body) => reader.ReadUnsigned(ref body.Index)));

    private static readonly RpcShape<KeyValueOperationBody> s_keyValue = new(
        new("Verb", static (ref reader, body) => reader.ReadText(ref body.Verb)),
        new("DirEnt", static (ref reader, body) => reader.ReadObject(s_entry, body)));

    private static readonly RpcShape<NodeRowBody> s_nodeRow = new(
        new("ID", static (ref reader, body) => reader.ReadText(ref body.Id)),
        new("Node", static (ref reader, body) => reader.ReadText(ref body.Node)),
        new("Address", static (ref reader, body) => reader.ReadText(ref body.Address)),
        new("Datacenter", static (ref reader, body) => reader.ReadText(ref body.Datacenter)),
        new("TaggedAddresses", static (ref reader, body) => reader.ReadMap(ref body.TaggedAddresses)),
        new("Meta", static (ref reader, body) => reader.ReadMap(ref body.Meta)),
        new("CreateIndex", static (ref reader, _) => reader.Skip()),
        new("ModifyIndex", static (ref reader, body) => reader.ReadUnsigned(ref body.ModifyIndex)));

    private static readonly RpcShape<NodeOperationBody> s_node = new(
        new("Verb", static (ref reader, body) => reader.ReadText(ref body.Verb)),
        new("Node", static (ref reader, body) => reader.ReadObject(s_nodeRow, body.Node)));

    private static readonly RpcShape<ServiceRowBody> s_serviceRow = new(
        new("Kind", static (ref reader, _) => reader.Skip()),
        new("ID", static (ref reader, body) => reader.ReadText(ref body.Id)),
        new("Service", static (ref reader, body) => reader.ReadText(ref body.Service)),
        new("Tags", static (ref reader, body) => reader.ReadTexts(ref body.Tags)),
        new("Address", static (ref reader, body) => reader.ReadText(ref body.Address)),
        new("TaggedAddresses", static (ref reader, body) => reader.ReadMap(RpcCatalogShapes.Address, ref body.TaggedAddresses)),
        new("Meta", static (ref reader, body) => reader.ReadMap(ref body.Meta)),
        new("Port", static (ref reader, body) => reader.ReadInteger(ref body.Port)),
        new("Weights", static (ref reader, body) => reader.ReadObject(RpcCatalogShapes.Weights, body.Weights)),
        new("EnableTagOverride", static (ref reader, body) => reader.ReadBoolean(ref body.EnableTagOverride)),
        new("Proxy", static (ref reader, _) => reader.Skip()),
        new("Connect", static (ref reader, _) => reader.Skip()),
        new("LocallyRegisteredAsSidecar", static (ref reader, _) => reader.Skip()),
        new("CreateIndex", static (ref reader, _) => reader.Skip()),
        new("ModifyIndex", static (ref reader, body) => reader.ReadUnsigned(ref body.ModifyIndex)));

    private static readonly RpcShape<ServiceOperationBody> s_service = new(
        new("Verb", static (ref reader, body) => reader.ReadText(ref body.Verb)),
        new("Node", static (ref reader, body) => reader.ReadText(ref body.Node)),
        new("Service", static (ref reader, body) => reader.ReadObject(s_serviceRow, body.Service)));

    private static readonly RpcShape<CheckRowDefinitionBody> s_definition = new(
        new("HTTP", static (ref reader, body) => reader.ReadText(ref body.Http)),
        new("TLSSkipVerify", static (ref reader, body) => reader.ReadBoolean(ref body.TlsSkipVerify)),
        new("Header", static (ref reader, body) => reader.ReadMap(ref body.Header)),
        new("Method", static (ref reader, body) => reader.ReadText(ref body.Method)),
        new("Body", static (ref reader, body) => reader.ReadText(ref body.Body)),
        new("TCP", static (ref reader, body) => reader.ReadText(ref body.Tcp)),
        new("Interval", static (ref reader, body) => reader.ReadDuration(ref body.Interval)),
        new("OutputMaxSize", static (ref reader, _) => reader.Skip()),
        new("Timeout", static (ref reader, body) => reader.ReadDuration(ref body.Timeout)),
        new("DeregisterCriticalServiceAfter", static (ref reader, body) =>
            reader.ReadDuration(ref body.DeregisterCriticalServiceAfter)));

    private static readonly RpcShape<CheckRowBody> s_checkRow = new(
        new("Node", static (ref reader, body) => reader.ReadText(ref body.Node)),
        new("CheckID", static (ref reader, body) => reader.ReadText(ref body.CheckId)),
        new("Name", static (ref reader, body) => reader.ReadText(ref body.Name)),
        new("Status", static (ref reader, body) => reader.ReadText(ref body.Status)),
        new("Notes", static (ref reader, body) => reader.ReadText(ref body.Notes)),
        new("Output", static (ref reader, body) => reader.ReadText(ref body.Output)),
        new("ServiceID", static (ref reader, body) => reader.ReadText(ref body.ServiceId)),
        new("ServiceName", static (ref reader, _) => reader.Skip()),
        new("ServiceTags", static (ref reader, _) => reader.Skip()),
        new("Type", static (ref reader, _) => reader.Skip()),
        new("Definition", static (ref reader, body) => reader.ReadObject(s_definition, body.Definition)),
        new("CreateIndex", static (ref reader, _) => reader.Skip()),
        new("ModifyIndex", static (ref reader, body) => reader.ReadUnsigned(ref body.ModifyIndex)));

    private static readonly RpcShape<CheckOperationBody> s_check = new(
        new("Verb", static (ref reader, body) => reader.ReadText(ref body.Verb)),
        new("Check", static (ref reader, body) => reader.ReadObject(s_checkRow, body.Check)));

    /// <summary>One operation.</summary>
    public static readonly RpcShape<TransactionBody> Operation = new(
        new("KV", static (ref reader, body) => reader.ReadOptional(s_keyValue, ref body.KeyValue)),
        new("Node", static (ref reader, body) => reader.ReadOptional(s_node, ref body.Node)),
        new("Service", static (ref reader, body) => reader.ReadOptional(s_service, ref body.Service)),
        new("Check", static (ref reader, body) => reader.ReadOptional(s_check, ref body.Check)));
}
