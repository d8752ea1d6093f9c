using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class TransactionBody
{
    public static readonly GoShape<TransactionBody> Shape = new()
    {
        Name = "TxnOp",
        Type = "api.TxnOp",
        Fields =
        [
            new("KV", static (ref reader, body) => reader.ReadOptional(KeyValueOperationBody.Shape, ref body.KeyValue)),
            new("Node", static (ref reader, body) => reader.ReadOptional(NodeOperationBody.Shape, ref body.Node)),
            new("Service", static (ref reader, body) => reader.ReadOptional(ServiceOperationBody.Shape, ref body.Service)),
            new("Check", static (ref reader, body) => reader.ReadOptional(CheckOperationBody.Shape, ref body.Check)),
        ],
    };

    public const string ListType = "api.TxnOps";
}
