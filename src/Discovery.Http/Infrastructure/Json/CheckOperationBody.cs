using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class CheckOperationBody
{
    public static readonly GoShape<CheckOperationBody> Shape = new()
    {
        Name = "CheckTxnOp",
        Type = "api.CheckTxnOp",
        Fields =
        [
            new("Verb", static (ref reader, body) => reader.ReadString(ref body.Verb, "api.CheckOp")),
            new("Check", static (ref reader, body) => reader.ReadObject(CheckRowBody.Shape, body.Check)),
        ],
    };
}
