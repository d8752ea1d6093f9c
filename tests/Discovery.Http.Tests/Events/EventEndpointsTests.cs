using System.Text.RegularExpressions;
using Discovery.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.Events;

/// <summary><c>/v1/event</c>: what is fired and what is listed; waiting for the next event.</summary>
[Trait("Kind", "RealSockets")]
public sealed partial class EventEndpointsTests
{
    [Theory]
    [InlineData("fire/", "", 400, "Missing name")]
    [InlineData("fire/a/b?tag=x", "", 500, "Cannot provide tag filter without service filter")]
    [InlineData("fire/a?node=(x", "", 500, "Invalid node filter: error parsing regexp: missing closing ): `(x`")]
    [InlineData("fire/a?dc=zz", "", 500, "No path to datacenter")]
    [InlineData("fire/a", "", 200,
        """{"ID":"*","Name":"a","Payload":null,"NodeFilter":"","ServiceFilter":"","TagFilter":"","Version":1,"LTime":0}""")]
    [InlineData("fire/a%2Fb?node=n.&service=s&tag=t", "pay", 200,
        """{"ID":"*","Name":"a/b","Payload":"cGF5","NodeFilter":"n.","ServiceFilter":"s","TagFilter":"t","Version":1,"LTime":0}""")]
    public async Task Fire_AsConsulWasSeen_Answers(string target, string body, int status, string text)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        RawReply reply = await host.SendAsync("/v1/event/" + target, "PUT", body: body);
        Assert.Equal((status, text), (reply.Status, AnyId().Replace(reply.Text, "\"ID\":\"*\"")));
    }

    [Fact]
    public async Task List_ByName_IsInTheOrderOfComingWithTheLastIdAsIndex()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        RawReply none = await host.SendAsync("/v1/event/list");
        Assert.Equal((200, "[]", "1", "-"), (none.Status, none.Text, none["X-Consul-Index"], none["X-Consul-Knownleader"]));
        Receive(host, "3e18c72e-01a3-3011-0d90-b2dd08f19f51", "a");
        Receive(host, "4162d895-3e50-d623-f1ed-cae9edc8e6d9", "a");
        Receive(host, "ed68ae04-589e-aff7-a8a9-6929f9144804", "b");

        // The indexes are those that Consul had for these ids.
        RawReply reply = await host.SendAsync("/v1/event/list?name=a&dc=zz&node=(");
        Assert.Equal("12722407799680151802", reply["X-Consul-Index"]);
        Assert.Equal(
            """[{"ID":"3e18c72e-01a3-3011-0d90-b2dd08f19f51",*,"LTime":7},{"ID":"4162d895-3e50-d623-f1ed-cae9edc8e6d9",*,"LTime":7}]"""
                .Replace(
                    "*",
                    """
                    "Name":"a","Payload":"AQ==","NodeFilter":"","ServiceFilter":"","TagFilter":"","Version":1
                    """,
                    StringComparison.Ordinal),
            reply.Text);
        Assert.Equal("5026517657919875059", (await host.SendAsync("/v1/event/list?name=b"))["X-Consul-Index"]);
        Assert.Equal((400, "Invalid index"), await host.GetRawAsync("/v1/event/list?index=x"));
        Assert.Equal((400, "Invalid wait time"), await host.GetRawAsync("/v1/event/list?wait=x"));
    }

    [Fact]
    public async Task List_WithTheIndexOfTheLast_WaitsForTheNextOfThatName()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Task<RawReply> blocked = host.SendAsync("/v1/event/list?name=a&index=1&wait=10m");
        await host.BlockedAsync(1);
        await host.SendAsync("/v1/event/fire/b", "PUT");
        await host.SendAsync("/v1/event/fire/a", "PUT");
        RawReply first = await blocked;
        Assert.Equal((await host.SendAsync("/v1/event/list?name=a")).Text, first.Text);

        // Any other index is answered at once, whether it is less or more.
        RawReply again = await host.SendAsync("/v1/event/list?name=a&index=5&wait=10m");
        Assert.Equal(first.Text, again.Text);
        again = await host.SendAsync($"/v1/event/list?name=a&index={first["X-Consul-Index"]}&wait=1ms");
        Assert.Equal((200, first.Text, first["X-Consul-Index"]), (again.Status, again.Text, again["X-Consul-Index"]));
    }

    [Fact]
    public async Task List_ThatWaits_CountsAmongTheBlockedAndEndsWithTheNode()
    {
        await using ApiHost host = await ApiHost.StartAsync(static options => options.BlockedQueriesMax = 1);
        Task<RawReply> blocked = host.SendAsync("/v1/event/list?index=1&wait=10m");
        await host.BlockedAsync(1);
        Assert.Equal(
            (503, "Too many blocking queries: 1 are open (HttpApiOptions.BlockedQueriesMax)"),
            await host.GetRawAsync("/v1/event/list?index=1&wait=10m"));
        await host.App.StopAsync();
        RawReply reply = await blocked;
        Assert.Equal((200, "[]", "1"), (reply.Status, reply.Text, reply["X-Consul-Index"]));
    }

    private static void Receive(ApiHost host, string id, string name)
    {
        byte[] payload =
        [
            0x84, 0xa2, (byte)'I', (byte)'D', 0xd9, 36, .. System.Text.Encoding.ASCII.GetBytes(id), 0xa1, (byte)'n', 0xa1, (byte)name[0],
            0xa1, (byte)'p', 0xc4, 1, 1, 0xa1, (byte)'v', 1,
        ];
        Assert.True(host.App.Services.GetRequiredService<IUserEventReceiver>().Receive(new UserEventMessage(7, name, payload)));
    }

    [GeneratedRegex("\"ID\":\"[0-9a-f-]{36}\"")]
    private static partial Regex AnyId();
}
