using Discovery.Membership;
using Discovery.Wire;

namespace Discovery.Rpc;

/// <summary><c>Status</c>: who leads, and who else is there.</summary>
internal sealed class StatusMethods(ICommandLog log, IMembershipSource membership) : IRpcMethodGroup
{
    private static readonly RpcShape<RpcRequest> s_shape = new(
        [RpcFields.Datacenter<RpcRequest>(), .. RpcFields.Query<RpcRequest>()]);

    public IReadOnlyList<RpcMethod> Methods =>
    [
        new("Status.Ping", Ping),
        new("Status.Leader", Leader),
        new("Status.Peers", Peers),
        new("Status.RaftStats", RaftStats),
    ];

    private static ValueTask Ping(RpcCall call)
    {
        RpcReader.Read(call.Body.Span, s_shape);
        RpcReplies.Empty(call);
        return ValueTask.CompletedTask;
    }

    private ValueTask Leader(RpcCall call)
    {
        CheckDatacenter(call);
        string? leader = log.Leadership.Leader;
        Member? member = membership.Members.FirstOrDefault(one => string.Equals(one.Name, leader, StringComparison.OrdinalIgnoreCase));
        RpcReplies.Text(call, member is null ? "" : MemberTags.AddressOf(member));
        return ValueTask.CompletedTask;
    }

    private ValueTask Peers(RpcCall call)
    {
        CheckDatacenter(call);
        RpcReplies.Texts(call, [.. membership.Members.Where(MemberTags.IsServer).Select(MemberTags.AddressOf)]);
        return ValueTask.CompletedTask;
    }

    // What Consul's leader asks each server, of itself only; the arguments are not looked at.
    private ValueTask RaftStats(RpcCall call)
    {
        Leadership leadership = log.Leadership;
        string contact = leadership.IsLeader ? "0" : leadership.Leader is null ? "never" : GoDuration.Format(log.LastContact);
        ulong index = log.StateMachine.KeepsState ? log.StateMachine.Current.Index : 0;
        RpcReplies.Write(call, (contact, Index: index, leadership.Term), static (ref writer, body) =>
        {
            writer.WriteMapHeader(3);
            writer.Write("LastContact");
            writer.Write(body.contact);
            writer.Write("LastIndex");
            writer.Write(body.Index);
            writer.Write("LastTerm");
            writer.Write(body.Term);
        });
        return ValueTask.CompletedTask;
    }

    // These do not need the datacenter, but one that is named must be this one.
    private static void CheckDatacenter(RpcCall call)
    {
        RpcRequest request = RpcReader.Read(call.Body.Span, s_shape);
        if (request.Datacenter.Length > 0)
        {
            request.RequireDatacenter(call);
        }
    }
}
