namespace Discovery.Infrastructure;

/// <summary>The body of a session's creation. Fields that it does not have are ignored.</summary>
internal sealed class SessionBody
{
    /// <summary>Below this many nanoseconds a lock-delay is meant in seconds.</summary>
    private const long LockDelayThreshold = 1000;

    private const long NanosecondsPerSecond = 1_000_000_000;

    public static readonly GoShape<SessionBody> Shape = new()
    {
        Name = "",
        Type = "struct { LockDelay interface {}; *structs.Alias }",
        IsCustom = true,
        Unknown = UnknownFields.Ignored,
        Complete = static body => body.Complete(),
        Fields =
        [
            new("LockDelay", static (ref reader, body) => reader.ReadDuration(ref body._lockDelay)),
            new("ID", static (ref reader, body) => reader.ReadString(ref body._ignored)),
            new("Name", static (ref reader, body) => reader.ReadString(ref body.Name)),
            new("Node", static (ref reader, body) => reader.ReadString(ref body.Node)),
            new("Behavior", static (ref reader, body) => reader.ReadString(ref body.Behavior, "structs.SessionBehavior")),
            new("TTL", static (ref reader, body) => reader.ReadString(ref body.TimeToLive)),
            new("NodeChecks", static (ref reader, body) => reader.ReadStrings(ref body.NodeChecks)),
            new("ServiceChecks", static (ref reader, body) =>
                reader.ReadList(SessionServiceCheckBody.Shape, "[]structs.ServiceCheck", ref body.ServiceChecks)),
            new("Checks", static (ref reader, body) => reader.ReadStrings(ref body.Checks)),
            new("CreateIndex", static (ref reader, _) => reader.SkipUnsigned("uint64")),
            new("ModifyIndex", static (ref reader, _) => reader.SkipUnsigned("uint64")),
        ],
    };

    public string Name = "";
    public string Node = "";
    public string Behavior = "";
    public string TimeToLive = "";
    public List<string>? NodeChecks = ["serfHealth"];
    public List<SessionServiceCheckBody?>? ServiceChecks;
    public List<string>? Checks = ["serfHealth"];

    /// <summary>In nanoseconds.</summary>
    public long LockDelay = 15 * NanosecondsPerSecond;

    private string _ignored = "";
    private GoDurationField _lockDelay;

    private string? Complete()
    {
        string? trouble = _lockDelay.TryGetNanoseconds(out long? given);
        if (given is { } delay)
        {
            LockDelay = delay < LockDelayThreshold ? unchecked(delay * NanosecondsPerSecond) : delay;
        }

        return trouble;
    }
}
