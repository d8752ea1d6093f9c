using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class CheckRowBody
{
    public static readonly GoShape<CheckRowBody> Shape = new()
    {
        Name = "HealthCheck",
        Type = "api.HealthCheck",
        Fields =
        [
            new("Node", static (ref reader, body) => reader.ReadString(ref body.Node)),
            new("CheckID", static (ref reader, body) => reader.ReadString(ref body.CheckId)),
            new("Name", static (ref reader, body) => reader.ReadString(ref body.Name)),
            new("Status", static (ref reader, body) => reader.ReadString(ref body.Status)),
            new("Notes", static (ref reader, body) => reader.ReadString(ref body.Notes)),
            new("Output", static (ref reader, body) => reader.ReadString(ref body.Output)),
            new("ServiceID", static (ref reader, body) => reader.ReadString(ref body.ServiceId)),
            new("ServiceName", static (ref reader, body) => reader.ReadString(ref body._ignored)),
            new("ServiceTags", static (ref reader, body) => reader.ReadStrings(ref body._ignoredList)),
            new("Type", static (ref reader, body) => reader.ReadString(ref body._ignored)),
            new("Namespace", static (ref reader, body) => reader.ReadString(ref body._ignored)),
            new("Definition", static (ref reader, body) => reader.ReadObject(CheckRowDefinitionBody.Shape, body.Definition)),
            new("CreateIndex", static (ref reader, _) => reader.SkipUnsigned("uint64")),
            new("ModifyIndex", static (ref reader, body) => reader.ReadUnsigned(ref body.ModifyIndex)),
        ],
    };

    private string _ignored = "";
    private List<string>? _ignoredList;
}
