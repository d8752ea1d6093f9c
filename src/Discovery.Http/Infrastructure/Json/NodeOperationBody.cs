using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class NodeOperationBody
{
    public static readonly GoShape<NodeOperationBody> Shape = new()
    {
        Name = "NodeTxnOp",
        Type = "api.NodeTxnOp",
        Fields =
        [
            new("Verb", static (ref reader, body) => reader.ReadString(ref body.Verb, "api.NodeOp")),
            new("Node", static (ref reader, body) => reader.ReadObject(NodeRowBody.Shape, body.Node)),
        ],
    };
}
