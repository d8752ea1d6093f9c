using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class SessionServiceCheckBody
{
    public static readonly GoShape<SessionServiceCheckBody> Shape = new()
    {
        Name = "ServiceCheck",
        Type = "structs.ServiceCheck",
        Unknown = UnknownFields.Ignored,
        Fields =
        [
            new("ID", static (ref reader, body) => reader.ReadString(ref body.Id)),
            new("Namespace", static (ref reader, body) => reader.ReadString(ref body._ignored)),
        ],
    };

    private string _ignored = "";
}
