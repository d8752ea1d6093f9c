using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class ServiceOperationBody
{
    public static readonly GoShape<ServiceOperationBody> Shape = new()
    {
        Name = "ServiceTxnOp",
        Type = "api.ServiceTxnOp",
        Fields =
        [
            new("Verb", static (ref reader, body) => reader.ReadString(ref body.Verb, "api.ServiceOp")),
            new("Node", static (ref reader, body) => reader.ReadString(ref body.Node)),
            new("Service", static (ref reader, body) => reader.ReadObject(ServiceRowBody.Shape, body.Service)),
        ],
    };
}
