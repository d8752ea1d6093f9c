using Discovery.Rpc;
using Discovery.Wire;

namespace Discovery.Events;

/// <summary>The methods of events: Consul's, by which a client agent fires one, and ours, by which servers hand them on.</summary>
internal sealed class EventMethods(IUserEventCarrier carrier, IUserEventReceiver receiver, EventClock clock, ICommandLog log)
    : IRpcMethodGroup
{
    private static readonly RpcShape<FireRequest> s_fire = new(
    [
        RpcFields.Datacenter<FireRequest>(),
        new("Name", static (ref reader, request) => reader.ReadText(ref request.Name)),
        new("Payload", static (ref reader, request) => reader.ReadBytes(ref request.Payload)),
        .. RpcFields.Query<FireRequest>(),
    ]);

    public IReadOnlyList<RpcMethod> Methods =>
    [
        new("Internal.EventFire", FireAsync),
        new(EventSpread.Method, SpreadAsync),
    ];

    private async ValueTask FireAsync(RpcCall call)
    {
        FireRequest request = RpcReader.Read(call.Body.Span, s_fire);
        request.RequireDatacenter(call);
        await carrier.SendAsync(request.Name, request.Payload, call.Aborted);
        RpcReplies.Write(call, log, static (ref writer, log) =>
        {
            writer.WriteMapHeader(4);
            RpcReplies.WriteMeta(ref writer, 0, log.LastContact, log.Leadership.Leader is not null);
        });
    }

    private ValueTask SpreadAsync(RpcCall call)
    {
        EventSpread spread = EventSpread.Read(call.Body.Span);
        spread.RequireDatacenter(call);
        foreach (UserEventMessage one in spread.Messages)
        {
            clock.Witness(one.LamportTime);
            receiver.Receive(one);
        }

        RpcReplies.Write(call, clock.Next - 1, static (ref writer, time) =>
        {
            writer.WriteMapHeader(1);
            writer.Write("LTime");
            writer.Write(time);
        });
        return ValueTask.CompletedTask;
    }

    private sealed class FireRequest : RpcRequest
    {
        public string Name = "";
        public byte[] Payload = [];
    }
}
