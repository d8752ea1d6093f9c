namespace Discovery.Infrastructure;

/// <summary>A check of a service that a session depends on.</summary>
internal sealed class SessionServiceCheckBody
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

    public string Id = "";

    private string _ignored = "";
}
