namespace Discovery.Infrastructure;

/// <summary>The body of a report for a TTL check.</summary>
internal sealed class CheckUpdateBody
{
    public static readonly GoShape<CheckUpdateBody> Shape = new()
    {
        Name = "checkUpdate",
        Type = "agent.checkUpdate",
        Fields =
        [
            new("Status", static (ref reader, body) => reader.ReadString(ref body.Status)),
            new("Output", static (ref reader, body) => reader.ReadString(ref body.Output)),
        ],
    };

    public string Status = "";
    public string Output = "";
}
