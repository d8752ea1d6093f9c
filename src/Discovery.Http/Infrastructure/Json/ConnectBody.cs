using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class ConnectBody
{
    public static readonly GoShape<ConnectBody> Shape = new()
    {
        Name = "",
        Type = GoTypeNames.Connect,
        IsCustom = true,
        Unknown = UnknownFields.Ignored,
        Fields =
        [
            new("Native", static (ref reader, body) => reader.ReadBoolean(ref body.Native)),
            new("SidecarService", static (ref reader, body) => reader.ReadPresence(ref body.HasSidecar)),
            new("sidecar_service", static (ref reader, body) => reader.ReadPresence(ref body.HasSidecar)),
        ],
    };
}
