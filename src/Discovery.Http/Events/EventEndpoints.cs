using System.Globalization;
using Discovery.Infrastructure;

namespace Discovery.Events;

/// <summary><c>/v1/event</c>: firing an event, and those that came to this node.</summary>
internal sealed class EventEndpoints(IDiscoveryNode node) : IEndpointGroup
{
    public void Map(ApiRoutes routes)
    {
        routes.Add("event/fire/", ApiMethods.Put, FireAsync);
        routes.Add("event/list", ApiMethods.Get, ListAsync);
    }

    private async Task FireAsync(ApiCall call)
    {
        string name = call.RequireRest("Missing name");
        var filter = new UserEventFilter
        {
            Node = call.Query.Get("node"), Service = call.Query.Get("service"), Tag = call.Query.Get("tag"),
        };
        UserEvent fired = await node.Events.FireAsync(name, await call.ReadBodyAsync(), filter, call.Context, call.Aborted);
        var json = new JsonBuffer();
        Write(json, fired);
        await call.WriteAsync(json);
    }

    // Whatever datacenter and consistency are asked for: what this node was told is nobody else's to answer.
    private async Task ListAsync(ApiCall call)
    {
        (ulong index, TimeSpan wait) = call.ReadWaiting();
        string name = call.Query.Get("name");
        IReadOnlyList<UserEvent> seen = node.Events.Recent;
        UserEvent[] shown = Select(seen, name);
        if (index > 0 && IndexOf(shown) == index)
        {
            shown = await BlockAsync(call, seen, name, wait);
        }

        call.Http.Response.Headers["X-Consul-Index"] = IndexOf(shown).ToString(CultureInfo.InvariantCulture);
        var json = new JsonBuffer();
        json.Byte((byte)'[');
        for (int i = 0; i < shown.Length; i++)
        {
            Write(i > 0 ? json.Byte((byte)',') : json, shown[i]);
        }

        await call.WriteAsync(json.Byte((byte)']'));
    }

    private async Task<UserEvent[]> BlockAsync(ApiCall call, IReadOnlyList<UserEvent> seen, string name, TimeSpan wait)
    {
        call.EnterBlocking();
        TimeSpan most = call.Server.Options.MaxQueryTime;
        using var limit = new CancellationTokenSource(wait > TimeSpan.Zero && wait < most ? wait : most, call.Server.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, call.Aborted);
        try
        {
            ulong index = IndexOf(Select(seen, name));
            while (await ChangesAsync(seen, either.Token))
            {
                seen = node.Events.Recent;
                if (Select(seen, name) is var shown && IndexOf(shown) != index)
                {
                    return shown;
                }
            }

            call.Aborted.ThrowIfCancellationRequested();
            return Select(seen, name);
        }
        finally
        {
            call.Server.LeaveBlocking();
        }
    }

    // False when the time is over, or the node stops.
    private async Task<bool> ChangesAsync(IReadOnlyList<UserEvent> seen, CancellationToken cancellationToken)
    {
        try
        {
            await node.Events.WaitForChangeAsync(seen, cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (DiscoveryException e) when (e.Error == DiscoveryError.Stopped)
        {
            return false;
        }
    }

    private static UserEvent[] Select(IReadOnlyList<UserEvent> events, string name) =>
        [.. events.Where(one => name.Length == 0 || one.Name == name)];

    // Consul's: not a position but the last event's id, folded. A client waits until it is another one.
    private static ulong IndexOf(UserEvent[] events)
    {
        if (events.Length == 0)
        {
            return 1;
        }

        UInt128 id = UInt128.Parse(events[^1].Id.ToString("N"), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return (ulong)(id >> 64) ^ (ulong)id;
    }

    private static void Write(JsonBuffer json, UserEvent one)
    {
        json.Raw("{\"ID\":"u8).Id(one.Id).Raw(",\"Name\":"u8).String(one.Name).Raw(",\"Payload\":"u8).Base64(one.Payload.Span);
        json.Raw(",\"NodeFilter\":"u8).String(one.Filter.Node).Raw(",\"ServiceFilter\":"u8).String(one.Filter.Service);
        json.Raw(",\"TagFilter\":"u8).String(one.Filter.Tag).Raw(",\"Version\":"u8).Number(one.Version);
        json.Raw(",\"LTime\":"u8).Number(one.LamportTime).Byte((byte)'}');
    }
}
