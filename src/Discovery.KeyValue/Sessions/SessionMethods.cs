using Discovery.Consul;
using Discovery.Rpc;
using Discovery.Wire;
using Microsoft.Extensions.Options;

namespace Discovery.Sessions;

/// <summary><c>Session</c>: sessions, as other nodes create, renew and end them.</summary>
internal sealed class SessionMethods(ISessions sessions, LeaseKeeper leases, IOptions<SessionLimitOptions> limits) : IRpcMethodGroup
{
    private static readonly RpcShape<SessionServiceCheckBody> s_serviceCheck = new(
        new("ID", static (ref reader, body) => reader.ReadText(ref body.Id)),
        new("Namespace", static (ref reader, _) => reader.Skip()));

    private static readonly RpcShape<ApplyRequest> s_session = new(
        new("ID", static (ref reader, request) => reader.ReadText(ref request.Id)),
        new("Name", static (ref reader, request) => reader.ReadText(ref request.Session.Name)),
        new("Node", static (ref reader, request) => reader.ReadText(ref request.Session.Node)),
        new("LockDelay", static (ref reader, request) => reader.ReadInteger(ref request.Session.LockDelay)),
        new("Behavior", static (ref reader, request) => reader.ReadText(ref request.Session.Behavior)),
        new("TTL", static (ref reader, request) => reader.ReadText(ref request.Session.TimeToLive)),
        new("NodeChecks", static (ref reader, request) => reader.ReadTexts(ref request.Session.NodeChecks)),
        new("ServiceChecks", static (ref reader, request) => reader.ReadList(s_serviceCheck, ref request.Session.ServiceChecks)),
        new("Checks", static (ref reader, request) => reader.ReadTexts(ref request.Session.Checks)));

    private static readonly RpcShape<ApplyRequest> s_apply = new(
        RpcFields.Datacenter<ApplyRequest>(),
        new("Op", static (ref reader, request) => reader.ReadText(ref request.Operation)),
        new("Session", static (ref reader, request) => reader.ReadObject(s_session, request)),
        RpcFields.Token<ApplyRequest>());

    private static readonly RpcShape<SessionRequest> s_one = new(
    [
        RpcFields.Datacenter<SessionRequest>(),
        new("SessionID", static (ref reader, request) => reader.ReadText(ref request.Id)),

        // What it was called before.
        new("Session", static (ref reader, request) => reader.ReadText(ref request.OldId)),
        new(RenewalForwarder.Forwarded, static (ref reader, request) => reader.ReadBoolean(ref request.IsForwarded)),
        .. RpcFields.Query<SessionRequest>(),
    ]);

    private static readonly RpcShape<SessionRequest> s_node = new(
    [
        RpcFields.Datacenter<SessionRequest>(),
        new("Node", static (ref reader, request) => reader.ReadText(ref request.Id)),
        .. RpcFields.Query<SessionRequest>(),
    ]);

    public IReadOnlyList<RpcMethod> Methods =>
    [
        new("Session.Apply", ApplyAsync),
        new("Session.Get", GetAsync),
        new("Session.List", ListAsync),
        new("Session.NodeSessions", NodeSessionsAsync),
        new("Session.Renew", RenewAsync),
    ];

    private async ValueTask ApplyAsync(RpcCall call)
    {
        ApplyRequest request = RpcReader.Read(call.Body.Span, s_apply);
        request.RequireDatacenter(call);
        if (request is { Operation: "destroy", Id: "" })
        {
            throw new ApiException(500, "Must provide ID");
        }

        switch (request.Operation)
        {
            case "create":
                RpcReplies.Text(call, (await CreateAsync(call, request)).ToString("D"));
                break;
            case "destroy":
                await sessions.DestroyAsync(
                    IdOf(request.Id), context: request.ContextOf(call), cancellationToken: call.Aborted);
                RpcReplies.Text(call, "");
                break;
            default:
                throw new ApiException(500, $"Invalid Session operation '{request.Operation}'");
        }
    }

    private async ValueTask<Guid> CreateAsync(RpcCall call, ApplyRequest request)
    {
        SessionCreation creation = SessionRules.ToCreation(request.Session, limits.Value);
        try
        {
            return (await sessions.CreateAsync(creation, request.ContextOf(call), call.Aborted)).Id;
        }
        catch (SessionRefusedException refused)
        {
            throw new ApiException(500, SessionRules.TextOf(refused));
        }
    }

    private ValueTask GetAsync(RpcCall call)
    {
        SessionRequest request = Read(call, s_one);
        Guid id = IdOf(request.EitherId);
        return RpcReplies.QueryAsync(
            call, request, (options, cancelled) => sessions.QueryAsync(id, options, cancelled), "Sessions",
            static (ref writer, session) => RpcReplies.WriteList<SessionEntry>(
                ref writer, session is null ? [] : [session], WriteOne));
    }

    private ValueTask ListAsync(RpcCall call) =>
        RpcReplies.QueryAsync(call, Read(call, s_node), sessions.QueryAllAsync, "Sessions", WriteAll);

    private ValueTask NodeSessionsAsync(RpcCall call)
    {
        SessionRequest request = Read(call, s_node);
        if (request.Id.Length == 0)
        {
            // No node has no name.
            return RpcReplies.QueryAsync(
                call, request, sessions.QueryAllAsync, "Sessions", static (ref MessagePackWriter writer, IReadOnlyList<SessionEntry> _) =>
                    writer.WriteNil());
        }

        return RpcReplies.QueryAsync(
            call, request, (options, cancelled) => sessions.QueryNodeAsync(request.Id, options, cancelled), "Sessions", WriteAll);
    }

    // A renewal tells the index of what it shows, and nothing of the leader. One that a server has forwarded here goes no further: of two
    // servers that each take the other for the leader, neither renews.
    private async ValueTask RenewAsync(RpcCall call)
    {
        SessionRequest request = Read(call, s_one);
        Guid id = IdOf(request.EitherId);
        SessionEntry? renewed = request.IsForwarded
            ? await leases.RenewAsync(id, call.Aborted)
            : await sessions.RenewAsync(id, request.ContextOf(call), call.Aborted);
        QueryReply<IReadOnlyList<SessionEntry>> all = await sessions.QueryAllAsync(
            new QueryOptions { Consistency = ReadConsistency.Stale }, call.Aborted);
        RpcReplies.Write(call, (renewed, all.Index), static (ref writer, body) =>
        {
            writer.WriteMapHeader(5);
            writer.Write("Sessions");
            RpcReplies.WriteList<SessionEntry>(ref writer, body.renewed is null ? [] : [body.renewed], WriteOne);
            RpcReplies.WriteMeta(ref writer, body.Index, TimeSpan.Zero, isLeaderKnown: false);
        });
    }

    private static SessionRequest Read(RpcCall call, RpcShape<SessionRequest> shape)
    {
        SessionRequest request = RpcReader.Read(call.Body.Span, shape);
        request.RequireDatacenter(call);
        return request;
    }

    private static Guid IdOf(string text) =>
        SessionIds.Trouble(text) is { } trouble ? throw new ApiException(500, trouble) : SessionIds.Read(text);

    private static void WriteAll(ref MessagePackWriter writer, IReadOnlyList<SessionEntry> all) =>
        RpcReplies.WriteList(ref writer, all, WriteOne);

    private static void WriteOne(ref MessagePackWriter writer, SessionEntry session)
    {
        writer.WriteMapHeader(11);
        writer.Write("Behavior");
        writer.Write(session.Behavior == SessionBehavior.Delete ? "delete" : "release");
        writer.Write("Checks");
        RpcReplies.WriteTexts(ref writer, session.Checks);
        writer.Write("CreateIndex");
        writer.Write(session.CreateIndex);
        writer.Write("ID");
        RpcReplies.WriteId(ref writer, session.Id);
        writer.Write("LockDelay");
        RpcReplies.WriteDuration(ref writer, session.LockDelay);
        writer.Write("ModifyIndex");
        writer.Write(session.ModifyIndex);
        writer.Write("Name");
        writer.Write(session.Name);
        writer.Write("Node");
        writer.Write(session.Node);
        writer.Write("NodeChecks");
        RpcReplies.WriteTexts(ref writer, session.NodeChecks);
        writer.Write("ServiceChecks");
        RpcReplies.WriteList(ref writer, session.ServiceChecks ?? [], static (ref MessagePackWriter inner, string id) =>
        {
            inner.WriteMapHeader(2);
            inner.Write("ID");
            inner.Write(id);
            inner.Write("Namespace");
            inner.Write("");
        });
        writer.Write("TTL");
        writer.Write(session.TimeToLive);
    }

    private sealed class SessionRequest : RpcRequest
    {
        public string Id = "";
        public string OldId = "";
        public bool IsForwarded;

        public string EitherId => Id.Length > 0 ? Id : OldId;
    }

    private sealed class ApplyRequest : RpcRequest
    {
        public readonly SessionBody Session = new();
        public string Operation = "";
        public string Id = "";
    }
}
