namespace Discovery.Infrastructure;

/// <summary>An operation on a node of the catalog.</summary>
internal sealed class NodeOperationBody
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

    public readonly NodeRowBody Node = new();
    public string Verb = "";
}
