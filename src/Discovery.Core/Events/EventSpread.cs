using Discovery.Rpc;
using Discovery.Wire;

namespace Discovery.Events;

/// <summary>The call by which a server hands events to another one.</summary>
internal sealed class EventSpread : RpcRequest
{
    public const string Method = "Event.Spread";

    private static readonly RpcShape<Body> s_message = new(
        new("LTime", static (ref reader, body) => reader.ReadUnsigned(ref body.Time)),
        new("Name", static (ref reader, body) => reader.ReadText(ref body.Name)),
        new("Payload", static (ref reader, body) => reader.ReadBytes(ref body.Payload)));

    private static readonly RpcShape<EventSpread> s_shape = new(
        RpcFields.Datacenter<EventSpread>(),
        new("Events", static (ref reader, spread) => reader.ReadList(s_message, ref spread._events)));

    private List<Body?>? _events;

    public IEnumerable<UserEventMessage> Messages =>
        (_events ?? []).OfType<Body>().Select(static one => new UserEventMessage(one.Time, one.Name, one.Payload));

    public static EventSpread Read(ReadOnlySpan<byte> body) => RpcReader.Read(body, s_shape);

    public static byte[] Encode(string datacenter, UserEventMessage[] events)
    {
        using var buffer = new WireBuffer();
        var writer = new MessagePackWriter(buffer) { OldSpec = true };
        writer.WriteMapHeader(2);
        writer.Write("Datacenter");
        writer.Write(datacenter);
        writer.Write("Events");
        RpcReplies.WriteList(ref writer, events, static (ref writer, one) =>
        {
            writer.WriteMapHeader(3);
            writer.Write("LTime");
            writer.Write(one.LamportTime);
            writer.Write("Name");
            writer.Write(one.Name);
            writer.Write("Payload");
            writer.Write(one.Payload.Span);
        });
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private sealed class Body
    {
        public ulong Time;
        public string Name = "";
        public byte[] Payload = [];
    }
}
