using Discovery.Infrastructure;
using Microsoft.Extensions.Options;

namespace Discovery.Sessions;

/// <summary><c>/v1/session</c>.</summary>
internal sealed class SessionEndpoints(IDiscoveryNode node, IOptions<SessionLimitOptions> limits, ISessions? sessions = null)
    : IEndpointGroup
{
    private ISessions Sessions => KeyValueService.Require(sessions);

    public void Map(ApiRoutes routes)
    {
        routes.Add("session/create", ApiMethods.Put, CreateAsync);
        routes.Add("session/destroy/", ApiMethods.Put, DestroyAsync);
        routes.Add("session/renew/", ApiMethods.Put, RenewAsync);
        routes.Add("session/info/", ApiMethods.Get, InfoAsync);
        routes.Add("session/node/", ApiMethods.Get, NodeAsync);
        routes.Add("session/list", ApiMethods.Get, ListAsync);
    }

    private async Task CreateAsync(ApiCall call)
    {
        call.RefuseNamespace();

        // Fields that the body does not name, or a body that is not announced, leave what a session is by itself.
        SessionBody body = SessionBody.OfAgent(node.Name);
        if (call.Http.Request.ContentLength > 0
            && GoJson.Decode(await call.ReadBodyAsync(), SessionBody.Shape, body) is { } error)
        {
            throw ApiException.BadRequest(GoJson.ErrorPrefix + error);
        }

        call.RefuseForeignDatacenter();
        body.SettleChecks();
        SessionCreation creation = SessionRules.ToCreation(body, limits.Value);
        SessionEntry created;
        try
        {
            created = await Sessions.CreateAsync(creation, call.Context, call.Aborted);
        }
        catch (SessionRefusedException refused)
        {
            throw new ApiException(500, SessionRules.TextOf(refused));
        }

        await call.WriteAsync(new JsonBuffer(64).Raw("{\"ID\":"u8).Id(created.Id).Byte((byte)'}'));
    }

    private async Task DestroyAsync(ApiCall call)
    {
        call.RefuseNamespace();
        Guid id = RequireId(call);
        await Sessions.DestroyAsync(id, context: call.Context, cancellationToken: call.Aborted);
        await call.WriteAsync(new JsonBuffer(16).Bool(true));
    }

    private async Task RenewAsync(ApiCall call)
    {
        call.ReadOptions();
        call.RefuseNamespace();
        Guid id = RequireId(call);
        SessionEntry session = await Sessions.RenewAsync(id, call.Context, call.Aborted)
            ?? throw new ApiException(404, $"Session id '{call.Rest}' not found");
        await WriteAsync(call, [session]);
    }

    private Task InfoAsync(ApiCall call)
    {
        QueryOptions options = call.ReadOptions();
        call.RefuseNamespace();
        call.RequireRest("Missing session");
        return call.RunAsync(
            options,
            (o, cancelled) => Sessions.QueryAsync(RequireId(call), o, cancelled),
            static (one, session) => WriteAsync(one, session is null ? [] : [session]),
            showsConsistency: false);
    }

    private Task NodeAsync(ApiCall call)
    {
        QueryOptions options = call.ReadOptions();
        call.RefuseNamespace();
        string name = call.RequireRest("Missing node name");
        return call.RunAsync(
            options, (o, cancelled) => Sessions.QueryNodeAsync(name, o, cancelled), WriteAsync, showsConsistency: false);
    }

    private Task ListAsync(ApiCall call)
    {
        QueryOptions options = call.ReadOptions();
        call.RefuseNamespace();
        return call.RunAsync(options, (o, cancelled) => Sessions.QueryAllAsync(o, cancelled), WriteAsync, showsConsistency: false);
    }

    private static Guid RequireId(ApiCall call)
    {
        string text = call.RequireRest("Missing session");
        call.RefuseForeignDatacenter();
        return SessionIds.Trouble(text) is { } trouble ? throw new ApiException(500, trouble) : SessionIds.Read(text);
    }

    private static Task WriteAsync(ApiCall call, IReadOnlyList<SessionEntry> sessions)
    {
        JsonBuffer json = new JsonBuffer().Byte((byte)'[');
        for (int i = 0; i < sessions.Count; i++)
        {
            KeyValueJson.WriteSession(i > 0 ? json.Byte((byte)',') : json, sessions[i]);
        }

        return call.WriteAsync(json.Byte((byte)']'));
    }
}
