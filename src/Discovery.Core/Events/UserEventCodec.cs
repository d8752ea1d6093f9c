using Discovery.Rpc;
using Discovery.Wire;

namespace Discovery.Events;

/// <summary>An event in the form that Consul's agents send each other: a map in MessagePack's new format, without what is empty.</summary>
internal static class UserEventCodec
{
    private static readonly RpcShape<Body> s_shape = new(
        new("ID", static (ref reader, body) => reader.ReadText(ref body.Id)),
        new("n", static (ref reader, body) => reader.ReadText(ref body.Name)),
        new("p", static (ref reader, body) => reader.ReadBytes(ref body.Payload)),
        new("nf", static (ref reader, body) => reader.ReadText(ref body.Node)),
        new("sf", static (ref reader, body) => reader.ReadText(ref body.Service)),
        new("tf", static (ref reader, body) => reader.ReadText(ref body.Tag)),
        new("v", static (ref reader, body) => reader.ReadInteger(ref body.Version)));

    public static byte[] Encode(UserEvent one)
    {
        using var buffer = new WireBuffer();
        var writer = new MessagePackWriter(buffer);
        UserEventFilter filter = one.Filter;
        writer.WriteMapHeader(
            3 + (one.Payload.IsEmpty ? 0 : 1) + Count(filter.Node) + Count(filter.Service) + Count(filter.Tag));
        writer.Write("ID");
        writer.Write(one.Id.ToString("D"));
        writer.Write("n");
        writer.Write(one.Name);
        if (!one.Payload.IsEmpty)
        {
            writer.Write("p");
            writer.Write(one.Payload.Span);
        }

        WriteFilter(ref writer, "nf", filter.Node);
        WriteFilter(ref writer, "sf", filter.Service);
        WriteFilter(ref writer, "tf", filter.Tag);
        writer.Write("v");
        writer.Write(one.Version);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads an event; false for bytes that are none, or one whose id is no UUID: nothing could be told apart by it.</summary>
    public static bool TryDecode(UserEventMessage message, out UserEvent decoded)
    {
        decoded = null!;
        Body body;
        try
        {
            body = RpcReader.Read(message.Payload.Span, s_shape);
        }
        catch (RpcBodyException)
        {
            return false;
        }

        if (!Guid.TryParseExact(body.Id, "D", out Guid id) || body.Version is < int.MinValue or > int.MaxValue)
        {
            return false;
        }

        decoded = new UserEvent
        {
            Id = id,
            Name = body.Name,
            Payload = body.Payload,
            Filter = new UserEventFilter { Node = body.Node, Service = body.Service, Tag = body.Tag },
            Version = (int)body.Version,
            LamportTime = message.LamportTime,
        };
        return true;
    }

    private static int Count(string filter) => filter.Length > 0 ? 1 : 0;

    private static void WriteFilter(ref MessagePackWriter writer, string name, string filter)
    {
        if (filter.Length > 0)
        {
            writer.Write(name);
            writer.Write(filter);
        }
    }

    private sealed class Body
    {
        public string Id = "";
        public string Name = "";
        public byte[] Payload = [];
        public string Node = "";
        public string Service = "";
        public string Tag = "";
        public long Version;
    }
}
