namespace Discovery.Infrastructure;

/// <summary>A network coordinate.</summary>
internal sealed class CoordinateBody
{
    public static readonly GoShape<CoordinateBody> Shape = new()
    {
        Name = "Coordinate",
        Type = "coordinate.Coordinate",
        Fields =
        [
            new("Vec", static (ref reader, body) => reader.ReadDoubles(ref body.Vec)),
            new("Error", static (ref reader, body) => reader.ReadDouble(ref body.Error)),
            new("Adjustment", static (ref reader, body) => reader.ReadDouble(ref body.Adjustment)),
            new("Height", static (ref reader, body) => reader.ReadDouble(ref body.Height)),
        ],
    };

    public List<double>? Vec;
    public double Error;
    public double Adjustment;
    public double Height;
}
