using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON.</content>
internal sealed partial class WeightsBody
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

    /// <summary>As a transaction has them.</summary>
    public static readonly GoShape<WeightsBody> TransactionShape = new()
    {
        Name = "AgentWeights",
        Type = "api.AgentWeights",
        Fields = Shape.Fields,
    };
}
