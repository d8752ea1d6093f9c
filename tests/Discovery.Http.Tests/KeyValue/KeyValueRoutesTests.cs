using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Discovery.Hosting;
using Discovery.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.KeyValue;

[Trait("Kind", "RealSockets")]
public sealed class KeyValueRoutesTests
{
    private const string Form = "Content-Type: application/x-www-form-urlencoded\r\n";

    [Fact]
    public async Task Get_AKey_IsAListOfOneWithItsOwnIndex()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Assert.Equal((200, "true"), await host.GetRawAsync("/v1/kv/a/b?flags=42", "PUT", body: "hello"));
        await host.GetRawAsync("/v1/kv/other", "PUT", body: "x");

        RawReply reply = await host.SendAsync("/v1/kv/a/b");

        ulong index = ulong.Parse(reply["X-Consul-Index"], CultureInfo.InvariantCulture);
        Assert.Equal(
            $$"""[{"LockIndex":0,"Key":"a/b","Flags":42,"Value":"aGVsbG8=","CreateIndex":{{index}},"ModifyIndex":{{index}}}]""",
            reply.Text);
        Assert.Equal(
            (200, "application/json", "true", "0", "-"),
            (reply.Status, reply["Content-Type"], reply["X-Consul-Knownleader"], reply["X-Consul-Lastcontact"],
                reply["X-Consul-Effective-Consistency"]));
    }

    [Theory]
    [InlineData("/v1/kv/none")]
    [InlineData("/v1/kv/none?raw")]
    [InlineData("/v1/kv/none?recurse")]
    [InlineData("/v1/kv/none?keys")]
    [InlineData("/v1/kv/?recurse")]
    public async Task Get_WhatIsNotThere_IsAnEmpty404WithIndexHeaders(string target)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        RawReply reply = await host.SendAsync(target);

        Assert.Equal((404, "", "-"), (reply.Status, reply.Text, reply["Content-Type"]));
        Assert.Equal(("true", "0"), (reply["X-Consul-Knownleader"], reply["X-Consul-Lastcontact"]));
        Assert.True(ulong.Parse(reply["X-Consul-Index"], CultureInfo.InvariantCulture) > 0, "clients take 0 as none");
    }

    [Fact]
    public async Task GetKeys_OfAnEmptyStore_IsAnEmptyList()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((200, "[]"), await host.GetRawAsync("/v1/kv/?keys"));
    }

    [Theory]
    [InlineData("GET", "/v1/kv/", 400, "Missing key name")]
    [InlineData("GET", "/v1/kv/?raw", 400, "Missing key name")]
    [InlineData("PUT", "/v1/kv/?cas=0&acquire=x", 400, "Missing key name")]
    [InlineData("DELETE", "/v1/kv/?cas=0", 400, "Missing key name")]
    [InlineData("DELETE", "/v1/kv/?recurse&cas=0", 400, "Conflicting flags: cas=0&recurse=")]
    [InlineData("PUT", "/v1/kv/k?cas=0&acquire=a%20b%2Fc&z=a+b", 400, "Conflicting flags: acquire=a+b%2Fc&cas=0&z=a+b")]
    [InlineData("PUT", "/v1/kv/k?acquire&release&flags=abc", 400, "Conflicting flags: acquire=&flags=abc&release=")]
    [InlineData("PUT", "/v1/kv/k?flags=abc", 500, "strconv.ParseUint: parsing \"abc\": invalid syntax")]
    [InlineData("PUT", "/v1/kv/k?flags", 500, "strconv.ParseUint: parsing \"\": invalid syntax")]
    [InlineData("PUT", "/v1/kv/k?cas=-1", 500, "strconv.ParseUint: parsing \"-1\": invalid syntax")]
    [InlineData("DELETE", "/v1/kv/k?cas=18446744073709551616", 500,
        "strconv.ParseUint: parsing \"18446744073709551616\": value out of range")]
    [InlineData("GET", "/v1/kv/k?index=x&ns=x", 400, "Invalid index")]
    [InlineData("GET", "/v1/kv/k?dc=dc2", 500, "No path to datacenter")]
    [InlineData("PUT", "/v1/kv/k?dc=dc2", 500, "No path to datacenter")]
    [InlineData("DELETE", "/v1/kv/k?dc=dc2", 500, "No path to datacenter")]
    [InlineData("DELETE", "/v1/kv/k?ns=x", 400,
        "Bad request: Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("PUT", "/v1/kv/k?acquire=", 500, "missing session")]
    [InlineData("PUT", "/v1/kv/k?release", 500, "missing session")]
    [InlineData("PUT", "/v1/kv/k?acquire=x", 500, "failed session lookup: index error: UUID must be 36 characters")]
    [InlineData("PUT", "/v1/kv/k?acquire=aaaaaaaa-0000-0000-0000-00000000000g", 500,
        "failed session lookup: index error: Invalid UUID: encoding/hex: invalid byte: U+0067 'g'")]
    [InlineData("PUT", "/v1/kv/k?acquire=aaaaaaaa-0000-0000-0000_000000000001", 500,
        "failed session lookup: index error: Input (without hyphens) must be even length")]
    [InlineData("PUT", "/v1/kv/k?acquire=AAAAAAAA-0000-0000-0000-000000000001", 500,
        "invalid session \"AAAAAAAA-0000-0000-0000-000000000001\"")]
    [InlineData("PUT", "/v1/kv/k?acquire=------aaaaaaaa00000000000000000000a1", 500,
        "failed session lookup: index error: UUID should have maximum of 4 \"-\"; got 6")]
    [InlineData("PUT", "/v1/kv/k?acquire=aaaaaaaa00000000000000000000000000a1", 500,
        "invalid session \"aaaaaaaa00000000000000000000000000a1\"")]
    [InlineData("POST", "/v1/kv/k", 405, "method POST not allowed")]
    public async Task Call_ThatIsRefused_HasConsulsStatusAndText(string method, string target, int status, string text)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        RawReply reply = await host.SendAsync(target, method);

        Assert.Equal((status, text, "-"), (reply.Status, reply.Text, reply["X-Consul-Index"]));
        Assert.Equal((200, "[]"), await host.GetRawAsync("/v1/kv/?keys"));
    }

    [Fact]
    public async Task Put_OfAnyContentType_KeepsTheBytes()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((200, "true"), await host.GetRawAsync("/v1/kv/form", "PUT", Form, "a=b&c=d"));
        Assert.Equal((200, "true"), await host.GetRawAsync("/v1/kv/json", "PUT", "Content-Type: application/json\r\n", "not json"));

        Assert.Equal((200, "a=b&c=d"), await host.GetRawAsync("/v1/kv/form?raw"));
        Assert.Equal((200, "not json"), await host.GetRawAsync("/v1/kv/json?raw"));
    }

    [Fact]
    public async Task GetRaw_AValue_IsTextThatNoBrowserTakesForAPage()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.GetRawAsync("/v1/kv/page", "PUT", body: "<script>");

        RawReply reply = await host.SendAsync("/v1/kv/page?raw&pretty");
        RawReply compressed = await host.SendAsync("/v1/kv/page?raw", headers: "Accept-Encoding: gzip\r\n");

        Assert.Equal(
            ("<script>", "text/plain", "nosniff", "sandbox", "8"),
            (reply.Text, reply["Content-Type"], reply["X-Content-Type-Options"], reply["Content-Security-Policy"],
                reply["Content-Length"]));
        Assert.Equal(("<script>", "gzip"), (compressed.Text, compressed["Content-Encoding"]));
    }

    [Theory]
    [InlineData("Put", "e%2Fa", "e/a")]
    [InlineData("Put", "e/b%2F", "e/b/")]
    [InlineData("Put", "e/%2525", "e/%25")]
    [InlineData("Put", "e/a+b", "e/a+b")]
    [InlineData("Put", "e/q%3Fq", "e/q?q")]
    [InlineData("Put", "e/%22%5C", "e/\\\"\\\\")]
    [InlineData("Put", "e/%3Ct%3E%26", "e/\\u003ct\\u003e\\u0026")]
    [InlineData("Put", "u/%C3%A9", "u/é")]
    [InlineData("Put", "u/%FF", "u/\\ufffd")]
    [InlineData("Put", "u/%C3%28", "u/\\ufffd(")]
    [InlineData("Put", "u/%ED%A0%80", "u/\\ufffd\\ufffd\\ufffd")]
    public async Task Put_AnEscapedName_IsTheKeyOfItsBytes(string method, string name, string shown)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((200, "true"), await host.GetRawAsync($"/v1/kv/{name}", method.ToUpperInvariant(), body: "1"));

        Assert.Equal((200, $"[\"{shown}\"]"), await host.GetRawAsync("/v1/kv/?keys"));
        Assert.Equal((200, "1"), await host.GetRawAsync($"/v1/kv/{name}?raw"));
    }

    [Fact]
    public async Task Put_NamesThatAreNoUtf8_AreDifferentKeys()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.GetRawAsync("/v1/kv/%FE", "PUT", body: "1");
        await host.GetRawAsync("/v1/kv/%FF", "PUT", body: "2");

        Assert.Equal((200, "1"), await host.GetRawAsync("/v1/kv/%FE?raw"));
        Assert.Equal((200, "2"), await host.GetRawAsync("/v1/kv/%FF?raw"));
        Assert.Equal((200, "true"), await host.GetRawAsync("/v1/kv/%FE", "DELETE"));
        Assert.Equal((200, "[\"\\ufffd\"]"), await host.GetRawAsync("/v1/kv/?keys"));
    }

    [Fact]
    public async Task Put_ANameThatIsNoUtf8_BelowAPathThatIsEncodedToo_IsTheSameKey()
    {
        await using ApiHost host = await ApiHost.StartAsync(map: static app => app.MapGroup("/gr\u00fcn").MapDiscovery());

        Assert.Equal((200, "true"), await host.GetRawAsync("/gr%C3%BCn/v1/%6Bv/a%FF", "PUT", body: "1"));

        Assert.Equal((200, "[\"a\\ufffd\"]"), await host.GetRawAsync("/gr%C3%BCn/v1/kv/?keys"));
    }

    [Theory]
    [InlineData("/v1/kv/n//b", "/v1/kv/n/b")]
    [InlineData("/v1/kv/%2Fe", "/v1/kv/e")]
    [InlineData("/v1/kv", "/v1/kv/")]
    public async Task Put_ANameThatIsNoCleanPath_IsSentOn(string target, string location)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        RawReply reply = await host.SendAsync(target, "PUT", body: "1");

        Assert.Equal((301, location), (reply.Status, reply["Location"]));
    }

    [Theory]
    [InlineData("keys&separator=/", "[\"s\",\"s-x/\",\"s/\"]")]
    [InlineData("keys&seperator=/", "[\"s\",\"s-x/\",\"s/\"]")]
    [InlineData("keys&separator=&seperator=/", "[\"s\",\"s-x/y\",\"s/a\",\"s/b/1\",\"s/b/2\"]")]
    [InlineData("keys&recurse&raw&separator=%2Fb", "[\"s\",\"s-x/y\",\"s/a\",\"s/b\"]")]
    public async Task GetKeys_WithASeparator_AreCutBehindTheFirst(string query, string keys)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        foreach (string key in (string[])["s", "s/a", "s/b/1", "s/b/2", "s-x/y", "t"])
        {
            await host.GetRawAsync($"/v1/kv/{key}", "PUT", body: "1");
        }

        Assert.Equal((200, keys), await host.GetRawAsync($"/v1/kv/s?{query}"));
    }

    [Fact]
    public async Task GetKeys_CutInTheMiddleOfACharacter_ShowWhatIsLeft()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.GetRawAsync("/v1/kv/m%C3%A9x", "PUT", body: "1");

        Assert.Equal((200, "[\"m\\ufffd\"]"), await host.GetRawAsync("/v1/kv/m?keys&separator=%C3"));
    }

    [Fact]
    public async Task Put_WithAnIndex_IsTrueOrFalseAndChangesOnlyThen()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((200, "true"), await host.GetRawAsync("/v1/kv/c?cas=0", "PUT", body: "1"));
        Assert.Equal((200, "false"), await host.GetRawAsync("/v1/kv/c?cas=0", "PUT", body: "2"));
        Assert.Equal((200, "false"), await host.GetRawAsync("/v1/kv/c?cas=1", "DELETE"));
        ulong index = await ModifyIndexAsync(host, "c");
        Assert.Equal((200, "true"), await host.GetRawAsync($"/v1/kv/c?cas={index}", "PUT", body: "3"));
        Assert.Equal((200, "3"), await host.GetRawAsync("/v1/kv/c?raw"));
        Assert.Equal((200, "false"), await host.GetRawAsync($"/v1/kv/c?cas={index}", "DELETE"));
        Assert.Equal((200, "true"), await host.GetRawAsync($"/v1/kv/c?cas={await ModifyIndexAsync(host, "c")}", "DELETE"));
        Assert.Equal((200, "true"), await host.GetRawAsync("/v1/kv/c?cas=7", "DELETE"));
    }

    [Fact]
    public async Task Delete_ATree_TakesTheKeysThatBeginSo()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        foreach (string key in (string[])["a", "a/b", "ab", "b"])
        {
            await host.GetRawAsync($"/v1/kv/{key}", "PUT", body: "1");
        }

        Assert.Equal((200, "true"), await host.GetRawAsync("/v1/kv/a?recurse=false", "DELETE"));
        Assert.Equal((200, "[\"b\"]"), await host.GetRawAsync("/v1/kv/?keys"));
        Assert.Equal((200, "true"), await host.GetRawAsync("/v1/kv/?recurse", "DELETE"));
        Assert.Equal((200, "[]"), await host.GetRawAsync("/v1/kv/?keys"));
    }

    [Theory]
    [InlineData("Content-Length", "Request body(17 bytes) too large, max size: 16 bytes.")]
    [InlineData("chunked", "Request body too large, max size: 16 bytes.")]
    public async Task Put_ALargerValueThanTheOption_IsA413ThatVaultUnderstands(string framing, string begin)
    {
        await using ApiHost host = await ApiHost.StartAsync(static options => options.KeyValueBytesMax = 16);
        Assert.Equal((200, "true"), await host.GetRawAsync("/v1/kv/v", "PUT", body: new string('x', 16)));
        using var content = new ByteArrayContent(new byte[17]);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/kv/v") { Content = content };
        request.Headers.TransferEncodingChunked = framing == "chunked";

        using HttpResponseMessage reply = await host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.StatusCode);
        Assert.Equal(
            $"{begin} See https://www.consul.io/docs/agent/options.html#kv_max_value_size. Value exceeds 16 byte limit",
            await reply.Content.ReadAsStringAsync());
        Assert.Equal((200, new string('x', 16)), await host.GetRawAsync("/v1/kv/v?raw"));
    }

    [Fact]
    public async Task Put_ByDefault_TakesHalfAMebibyteAndNotAByteMore()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using var most = new ByteArrayContent(new byte[524288]);
        using var more = new ByteArrayContent(new byte[524289]);

        using HttpResponseMessage taken = await host.Client.PutAsync("/v1/kv/v", most);
        using HttpResponseMessage refused = await host.Client.PutAsync("/v1/kv/v", more);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.RequestEntityTooLarge), (taken.StatusCode, refused.StatusCode));
        byte[] value = await host.Client.GetByteArrayAsync("/v1/kv/v?raw");
        Assert.Equal(524288, value.Length);
        using JsonDocument list = JsonDocument.Parse(await host.Client.GetStringAsync("/v1/kv/v"));
        Assert.Equal(value, list.RootElement[0].GetProperty("Value").GetBytesFromBase64());
    }

    [Fact]
    public async Task Put_ThatWouldLetTheServersOwnLimitCutIt_TakesEightMebibytesWhereTheOptionAllows()
    {
        await using ApiHost host = await ApiHost.StartAsync(static options => options.KeyValueBytesMax = 8 * 1024 * 1024);
        using var content = new ByteArrayContent(new byte[8 * 1024 * 1024]);

        using HttpResponseMessage taken = await host.Client.PutAsync("/v1/kv/v", content);

        Assert.Equal("true", await taken.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Block_OnAKey_IsReleasedByItsOwnChangeOnly()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.GetRawAsync("/v1/kv/k", "PUT", body: "1");
        string index = (await host.SendAsync("/v1/kv/k"))["X-Consul-Index"];
        Task<RawReply> blocked = host.SendAsync($"/v1/kv/k?index={index}&wait=10m&raw");
        await host.BlockedAsync(1);

        await host.GetRawAsync("/v1/kv/other", "PUT", body: "2");
        await host.GetRawAsync("/v1/kv/k", "PUT", body: "1");
        await host.GetRawAsync("/v1/kv/k", "PUT", body: "3");

        RawReply reply = await blocked;
        Assert.Equal((200, "3"), (reply.Status, reply.Text));
        Assert.NotEqual(index, reply["X-Consul-Index"]);
    }

    [Fact]
    public async Task Block_OnAKeyThatIsNotThere_IsReleasedWhenItComes()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string index = (await host.SendAsync("/v1/kv/k"))["X-Consul-Index"];
        Task<RawReply> blocked = host.SendAsync($"/v1/kv/?recurse&index={index}&wait=10m");
        await host.BlockedAsync(1);

        await host.GetRawAsync("/v1/kv/k", "PUT");

        RawReply reply = await blocked;
        Assert.Equal(200, reply.Status);
        Assert.Contains("\"Key\":\"k\",\"Flags\":0,\"Value\":null,", reply.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/kv/k", "GET", "")]
    [InlineData("/v1/kv/k", "PUT", "")]
    [InlineData("/v1/kv/k", "DELETE", "")]
    [InlineData("/v1/session/list", "GET", "")]
    [InlineData("/v1/session/create", "PUT", "{}")]
    [InlineData("/v1/txn", "PUT", "[]")]
    public async Task Call_WhereTheAppHasNoKeys_SaysWhatToAdd(string target, string method, string body)
    {
        await using WebApplication app = TestApp.Build(static builder => builder.Services.AddDiscovery().AddHttpApi());
        app.MapDiscovery();
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{TestApp.PortOf(app)}") };
        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));

        using HttpResponseMessage reply = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.InternalServerError, reply.StatusCode);
        Assert.Equal(
            "This node has no key/value store: write builder.Services.AddDiscovery().AddKeyValue()",
            await reply.Content.ReadAsStringAsync());
        await app.StopAsync();
    }

    private static async Task<ulong> ModifyIndexAsync(ApiHost host, string key)
    {
        using JsonDocument list = JsonDocument.Parse(await host.Client.GetStringAsync($"/v1/kv/{key}"));
        return list.RootElement[0].GetProperty("ModifyIndex").GetUInt64();
    }
}
