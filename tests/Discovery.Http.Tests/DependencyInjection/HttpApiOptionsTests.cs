using Discovery.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

public sealed class HttpApiOptionsTests
{
    [Fact]
    public void Validate_TheDefaults_Succeeds() =>
        Assert.True(new HttpApiOptionsValidator().Validate(null, new HttpApiOptions()).Succeeded);

    [Fact]
    public void Validate_EverythingWrong_TellsAllFailures()
    {
        var options = new HttpApiOptions
        {
            AllowWriteFrom = ["10.0.0.0/33", "host", "10.0.0.0/8"],
            BlockEndpoints = ["v1/agent", "/v1/agent"],
            ResponseHeaders = { ["X Y"] = "a", ["X-Good"] = "b\nc", ["X-Fine"] = "d" },
            DefaultQueryTime = TimeSpan.Zero,
            MaxQueryTime = TimeSpan.FromDays(2),
            MetricsInterval = TimeSpan.Zero,
            PrometheusRetention = TimeSpan.FromSeconds(-1),
            BlockedQueriesMax = 0,
            BodyBytesMax = 10,
            ConsulVersion = "",
        };

        string[] failures = [.. new HttpApiOptionsValidator().Validate(null, options).Failures!];

        Assert.Equal(
            [
                "HttpApiOptions.AllowWriteFrom: \"10.0.0.0/33\" is no network such as 10.0.0.0/8",
                "HttpApiOptions.AllowWriteFrom: \"host\" is no network such as 10.0.0.0/8",
                "HttpApiOptions.BlockEndpoints: \"v1/agent\" does not begin with /v1/",
                "HttpApiOptions.ResponseHeaders[X Y]: is no header",
                "HttpApiOptions.ResponseHeaders[X-Good]: is no header",
                "HttpApiOptions.DefaultQueryTime: 00:00:00 is not between 00:00:00.0010000 and 1.00:00:00",
                "HttpApiOptions.MaxQueryTime: 2.00:00:00 is not between 00:00:00 and 1.00:00:00",
                "HttpApiOptions.MetricsInterval: 00:00:00 is not between 00:00:00.1000000 and 1.00:00:00",
                "HttpApiOptions.PrometheusRetention: -00:00:01 is negative",
                "HttpApiOptions.BlockedQueriesMax: 0 is less than 1",
                "HttpApiOptions.BodyBytesMax: 10 is less than 1024",
                "HttpApiOptions.ConsulVersion: must not be empty",
            ],
            failures);
    }

    [Fact]
    public async Task Start_WithAnUnknownKeyAndAWrongValue_FailsWithBoth()
    {
        await using WebApplication app = TestApp.Build(
            static builder => builder.Services.AddDiscovery().AddHttpApi(),
            configuration: new Dictionary<string, string?>
            {
                ["Discovery:Http:AlowRemote"] = "true",
                ["Discovery:Http:BlockedQueriesMax"] = "0",
            });
        app.MapDiscovery();

        string message = (await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync())).Message;

        Assert.Contains("Discovery:Http:AlowRemote: unknown key; did you mean AllowRemote?", message, StringComparison.Ordinal);
        Assert.Contains("HttpApiOptions.BlockedQueriesMax: 0 is less than 1", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Section_OfTheConfiguration_IsBoundAndCodeWins()
    {
        await using WebApplication app = TestApp.Build(
            static builder => builder.Services.AddDiscovery().AddHttpApi(static options => options.BlockedQueriesMax = 7).AddHttpApi(),
            configuration: new Dictionary<string, string?>
            {
                ["Discovery:Http:AllowRemote"] = "true",
                ["Discovery:Http:BlockedQueriesMax"] = "5",
                ["Discovery:Http:BlockEndpoints:0"] = "/v1/agent/leave",
                ["Discovery:Http:ResponseHeaders:X-Mine"] = "yes",
            });

        HttpApiOptions options = app.Services.GetRequiredService<IOptions<HttpApiOptions>>().Value;

        Assert.Equal((true, 7), (options.AllowRemote, options.BlockedQueriesMax));
        Assert.Equal(["/v1/agent/leave"], options.BlockEndpoints);
        Assert.Equal("yes", options.ResponseHeaders["X-Mine"]);
    }
}
