namespace Discovery.Infrastructure;

/// <summary>The weights of a service.</summary>
internal sealed class WeightsBody
{
    public static readonly GoShape<WeightsBody> Shape = new()
    {
        Name = "Weights",
        Type = "structs.Weights",
        Fields =
        [
            new("Passing", static (ref reader, body) => reader.ReadInteger(ref body.Passing)),
            new("Warning", static (ref reader, body) => reader.ReadInteger(ref body.Warning)),
        ],
    };

    public long Passing;
    public long Warning;
}
