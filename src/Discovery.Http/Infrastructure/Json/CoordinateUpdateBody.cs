namespace Discovery.Infrastructure;

/// <summary>The body of an update of a node's coordinate.</summary>
internal sealed class CoordinateUpdateBody
{
    public static readonly GoShape<CoordinateUpdateBody> Shape = new()
    {
        Name = "CoordinateUpdateRequest",
        Type = "structs.CoordinateUpdateRequest",
        Fields =
        [
            new("Datacenter", static (ref reader, body) => reader.ReadString(ref body.Datacenter)),
            new("Node", static (ref reader, body) => reader.ReadString(ref body.Node)),
            new("Segment", static (ref reader, body) => reader.ReadString(ref body.Segment)),
            new("Coord", static (ref reader, body) => reader.ReadOptional(CoordinateBody.Shape, ref body.Coord)),
            new("Token", static (ref reader, body) => reader.ReadString(ref body.Token)),
        ],
    };

    public string Datacenter = "";
    public string Node = "";
    public string Segment = "";
    public CoordinateBody? Coord;
    public string Token = "";
}
