using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class CatalogCheckBody
{
    public static readonly GoShape<CatalogCheckBody> Shape = new()
    {
        Name = "HealthCheck",
        Type = "structs.HealthCheck",
        Fields =
        [
            new("Node", static (ref reader, body) => reader.ReadString(ref body.Node)),
            new("CheckID", static (ref reader, body) => reader.ReadString(ref body.CheckId, "types.CheckID")),
            new("Name", static (ref reader, body) => reader.ReadString(ref body.Name)),
            new("Status", static (ref reader, body) => reader.ReadString(ref body.Status)),
            new("Notes", static (ref reader, body) => reader.ReadString(ref body.Notes)),
            new("Output", static (ref reader, body) => reader.ReadString(ref body.Output)),
            new("ServiceID", static (ref reader, body) => reader.ReadString(ref body.ServiceId)),
            new("ServiceName", static (ref reader, body) => reader.ReadString(ref body.ServiceName)),
            new("ServiceTags", static (ref reader, body) => reader.ReadStrings(ref body.ServiceTags)),
            new("Type", static (ref reader, body) => reader.ReadString(ref body.Type)),
            new("Definition", static (ref reader, body) => reader.ReadOptional(CatalogCheckDefinitionBody.Shape, ref body.Definition)),
            new("CreateIndex", static (ref reader, _) => reader.SkipUnsigned("uint64")),
            new("ModifyIndex", static (ref reader, _) => reader.SkipUnsigned("uint64")),
        ],
    };
}
