using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class KeyValueOperationBody
{
    public static readonly GoShape<KeyValueOperationBody> Shape = new()
    {
        Name = "KVTxnOp",
        Type = "api.KVTxnOp",
        Fields =
        [
            new("Verb", static (ref reader, body) => reader.ReadString(ref body.Verb, "api.KVOp")),
            new("Key", static (ref reader, body) => reader.ReadString(ref body.Key)),
            new("Value", static (ref reader, body) => reader.ReadBytes(ref body.Value)),
            new("Flags", static (ref reader, body) => reader.ReadUnsigned(ref body.Flags)),
            new("Index", static (ref reader, body) => reader.ReadUnsigned(ref body.Index)),
            new("Session", static (ref reader, body) => reader.ReadString(ref body.Session)),
            new("Namespace", static (ref reader, body) => reader.ReadString(ref body._ignored)),
        ],
    };

    private string _ignored = "";
}
