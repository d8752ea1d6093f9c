using System.Net;
using Microsoft.AspNetCore.Http;

namespace Discovery.Infrastructure;

public sealed class ApiAccessTests
{
    private const string Remedy = "RequireAuthorization(...), or set HttpApiOptions.AllowRemote";

    [Theory]
    [InlineData("127.0.0.1", "", true)]
    [InlineData("127.8.9.1", "", true)]
    [InlineData("::1", "", true)]
    [InlineData("::ffff:127.0.0.1", "", true)]
    [InlineData(null, "", true)]
    [InlineData("10.0.0.1", "", false)]
    [InlineData("::ffff:10.0.0.1", "", false)]
    [InlineData("2001:db8::1", "", false)]
    [InlineData("127.0.0.1", "X-Forwarded-For", false)]
    [InlineData("127.0.0.1", "Forwarded", false)]
    [InlineData("127.0.0.1", "X-Forwarded-Host", false)]
    [InlineData("127.0.0.1", "X-Real-IP", false)]
    [InlineData("127.0.0.1", "X-Original-For", false)]
    [InlineData(null, "X-Forwarded-For", false)]
    public void Refuse_Read_AnswersThisMachineOnly(string? remote, string header, bool isAnswered)
    {
        DefaultHttpContext http = Request("GET", remote);
        if (header.Length > 0)
        {
            http.Request.Headers[header] = "127.0.0.1";
        }

        string? refusal = new ApiAccess(new HttpApiOptions(), "n1").Refuse(http, isAuthorized: false);

        Assert.Equal(isAnswered, refusal is null);
        Assert.Equal(!isAnswered, refusal?.Contains(Remedy, StringComparison.Ordinal) == true);
        Assert.Null(new ApiAccess(new HttpApiOptions { AllowRemote = true }, "n1").Refuse(http, isAuthorized: false));
        Assert.Null(new ApiAccess(new HttpApiOptions(), "n1").Refuse(http, isAuthorized: true));
    }

    [Theory]
    [InlineData("127.0.0.1:8500", true)]
    [InlineData("[::1]:8500", true)]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:8500", true)]
    [InlineData("app.localhost:8500", true)]
    [InlineData("n1:8500", true)]
    [InlineData("", true)]
    [InlineData("evil.example:8500", false)]
    [InlineData("localhost.evil.example", false)]
    public void Refuse_WriteWithAHost_AnswersNamesOfThisMachineOnly(string host, bool isAnswered)
    {
        DefaultHttpContext http = Request("PUT", "127.0.0.1", host);

        Assert.Equal(isAnswered, new ApiAccess(new HttpApiOptions(), "n1").Refuse(http, isAuthorized: false) is null);
        Assert.Null(new ApiAccess(new HttpApiOptions { AllowRemote = true }, "n1").Refuse(http, isAuthorized: false));
        Assert.Null(new ApiAccess(new HttpApiOptions(), "n1").Refuse(http, isAuthorized: true));
        http.Connection.RemoteIpAddress = null;
        Assert.Null(new ApiAccess(new HttpApiOptions(), "n1").Refuse(http, isAuthorized: false));
        http.Connection.RemoteIpAddress = IPAddress.Loopback;
        http.Request.Method = "GET";
        Assert.Null(new ApiAccess(new HttpApiOptions(), "n1").Refuse(http, isAuthorized: false));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8500", "", true)]
    [InlineData("http://127.0.0.1:80", "", false)]
    [InlineData("https://evil.example", "", false)]
    [InlineData("null", "", false)]
    [InlineData("", "", false)]
    [InlineData("https://ui.example", "https://ui.example", true)]
    [InlineData("https://evil.example", "https://ui.example", false)]
    [InlineData("https://evil.example", "*", true)]
    public void Refuse_WriteWithAnOrigin_AnswersOwnAndAllowedPagesOnly(string origin, string allowed, bool isAnswered)
    {
        DefaultHttpContext http = Request("PUT", "127.0.0.1", "127.0.0.1:8500");
        http.Request.Headers.Origin = origin;
        var options = new HttpApiOptions { AllowRemote = true };
        if (allowed.Length > 0)
        {
            options.ResponseHeaders["access-control-allow-origin"] = allowed;
        }

        Assert.Equal(isAnswered, new ApiAccess(options, "n1").Refuse(http, isAuthorized: true) is null);
        http.Request.Method = "GET";
        Assert.Null(new ApiAccess(options, "n1").Refuse(http, isAuthorized: true));
    }

    [Theory]
    [InlineData("PUT", "10.1.2.3", "/v1/kv/a", null)]
    [InlineData("PUT", "::ffff:10.1.2.3", "/v1/kv/a", null)]
    [InlineData("PUT", "127.0.0.1", "/v1/kv/a", "Access is restricted")]
    [InlineData("GET", "127.0.0.1", "/v1/kv/a", null)]
    [InlineData("OPTIONS", "127.0.0.1", "/v1/kv/a", null)]
    [InlineData("GET", "10.1.2.3", "/v1/agent/leave", "Endpoint is blocked by agent configuration")]
    [InlineData("GET", "10.1.2.3", "/v1/agent/leave/more", "Endpoint is blocked by agent configuration")]
    [InlineData("GET", "10.1.2.3", "/v1/agent/self", null)]
    public void RefuseByConfiguration_NetworksAndPaths_HasConsulsText(string method, string remote, string path, string? text)
    {
        var options = new HttpApiOptions { AllowWriteFrom = ["10.1.99.99/16", "::2/128"], BlockEndpoints = ["/v1/agent/leave"] };

        Assert.Equal(text, new ApiAccess(options, "n1").RefuseByConfiguration(Request(method, remote), path));
    }

    private static DefaultHttpContext Request(string method, string? remote, string host = "127.0.0.1")
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        http.Request.Host = new HostString(host);
        http.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        return http;
    }
}
