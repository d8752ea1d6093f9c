namespace Discovery.Infrastructure;

/// <summary>The service mesh settings of a service: the mesh is not offered, so that only empty ones can be taken.</summary>
internal sealed class ConnectBody
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

    public bool Native;
    public bool HasSidecar;

    public bool HasContent => Native || HasSidecar;
}
