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
    [
        .. RpcCatalogShapes.ServiceFields<ServiceRowBody>(
            static (ref reader, _) => reader.Skip(),
            static (ref reader, body) => reader.ReadObject(RpcCatalogShapes.Weights, body.Weights),
            static (ref reader, _) => reader.Skip(),
            static (ref reader, _) => reader.Skip()),
        new("CreateIndex", static (ref reader, _) => reader.Skip()),
        new("ModifyIndex", static (ref reader, body) => reader.ReadUnsigned(ref body.ModifyIndex)),
    ]);

    private static readonly RpcShape<ServiceOperationBody> s_service = new(
        new("Verb", static (ref reader, body) => reader.ReadText(ref body.Verb)),
        new("Node", static (ref reader, body) => reader.ReadText(ref body.Node)),
        new("Service", static (ref reader, body) => reader.ReadObject(s_serviceRow, body.Service)));

    private static readonly RpcShape<CheckRowBody> s_checkRow = new(
    [
        .. RpcCatalogShapes.CheckFields<CheckRowBody>(
            static (ref reader, _) => reader.Skip(),
            static (ref reader, body) => reader.ReadObject<CatalogCheckDefinitionBody>(RpcCatalogShapes.Definition, body.Definition)),
        new("CreateIndex", static (ref reader, _) => reader.Skip()),
        new("ModifyIndex", static (ref reader, body) => reader.ReadUnsigned(ref body.ModifyIndex)),
    ]);

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
