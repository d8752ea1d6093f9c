using Discovery.Infrastructure;

namespace Discovery.Consul;

/// <content>As JSON; fields that it does not have are ignored.</content>
internal sealed partial class SessionBody
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

    private string _ignored = "";
    private GoDurationField _lockDelay;

    /// <summary>What a session is by itself that an agent of Consul creates.</summary>
    public static SessionBody OfAgent(string node) => new()
    {
        Node = node,
        LockDelay = 15 * NanosecondsPerSecond,
        NodeChecks = ["serfHealth"],
        Checks = ["serfHealth"],
    };

    /// <summary>The lists of checks, the new and the old one, that are meant.</summary>
    /// <remarks>
    /// An empty list under either name means no checks, whatever the other says; the default of the old name is none.
    /// </remarks>
    public void SettleChecks() => (NodeChecks, Checks) = this switch
    {
        { Checks: null or [] } or { NodeChecks: null or [] } => ([], []),
        { Checks: ["serfHealth"] } => (NodeChecks, []),
        _ => (NodeChecks, Checks),
    };

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
