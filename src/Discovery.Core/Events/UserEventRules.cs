using Discovery.Filtering;

namespace Discovery.Events;

/// <summary>What an event may be, in Consul's words. Pure.</summary>
internal static class UserEventRules
{
    /// <summary>The most bytes of an event on the wire of gossip, and of its name and payload before that.</summary>
    public const int BytesMax = 512;

    // What Serf puts around a user event: its kind, the names of four fields, and a flag.
    private const int FrameBytes = 25;
    private const int ShortTextMax = 31;
    private const string WirePrefix = "consul:event:";

    public static void Check(string name, UserEventFilter filter)
    {
        if (name.Length == 0)
        {
            throw Invalid("User event missing name");
        }

        if (filter is { Tag.Length: > 0, Service.Length: 0 })
        {
            throw Invalid("Cannot provide tag filter without service filter");
        }

        CheckFilter("node", filter.Node);
        CheckFilter("service", filter.Service);
        CheckFilter("tag", filter.Tag);
    }

    /// <summary>The limit that gossip has for an event, whichever way it goes: who fires it is to get the same answer everywhere.</summary>
    public static void CheckLength(string name, int payloadBytes, ulong time)
    {
        int nameBytes = WirePrefix.Length + System.Text.Encoding.UTF8.GetByteCount(name);
        if (nameBytes + payloadBytes > BytesMax)
        {
            throw Invalid($"user event exceeds configured limit of {BytesMax} bytes before encoding");
        }

        if (FrameBytes + BytesOf(time) + HeadOf(nameBytes) + nameBytes + HeadOf(payloadBytes) + payloadBytes > BytesMax)
        {
            throw Invalid($"encoded user event exceeds configured limit of {BytesMax} bytes after encoding");
        }
    }

    private static int HeadOf(int bytes) => bytes <= ShortTextMax ? 1 : 3;

    private static int BytesOf(ulong number) => number switch
    {
        <= 0x7f => 1,
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        <= uint.MaxValue => 5,
        _ => 9,
    };

    private static void CheckFilter(string what, string pattern)
    {
        if (pattern.Length > 0 && RegexProgram.Compile(pattern).Error is { } error)
        {
            throw Invalid($"Invalid {what} filter: {error}");
        }
    }

    private static DiscoveryException Invalid(string text) => new(DiscoveryError.InvalidRequest, text);
}
