using System.Text;
using Discovery.Agent;
using Discovery.Infrastructure;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Discovery.Telemetry;

public sealed class LogStreamTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Write_WhileNobodyListens_IsDisabled()
    {
        using LogStream stream = Create();
        ILogger logger = stream.CreateLogger("Discovery.Agent.LocalAgent");
        Assert.False(logger.IsEnabled(LogLevel.Critical));

        using (stream.Open(LogLevel.Warning, LogFormat.Text))
        {
            Assert.True(logger.IsEnabled(LogLevel.Warning));
            Assert.False(logger.IsEnabled(LogLevel.Information));
        }

        Assert.False(logger.IsEnabled(LogLevel.Critical));
        Assert.Equal(0, stream.ReaderCount);
    }

    [Fact]
    public void Write_LinesForTwoReaders_HaveEachOnesLevelAndFormat()
    {
        using LogStream stream = Create();
        using LogReader all = stream.Open(LogLevel.Trace, LogFormat.Json);
        using LogReader bad = stream.Open(LogLevel.Warning, LogFormat.Text);
        ILogger agent = stream.CreateLogger("Discovery.Agent.LocalAgent");
        ILogger hosting = stream.CreateLogger("Discovery.Hosting.ServerAddressSource");
        stream.CreateLogger("MyApp.Secrets").LogError("not for you");

        agent.LogInformation("one {Count}", 1);
        hosting.LogError(new InvalidOperationException("why"), "two\nlines");

        string at = _time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal([$"{at}.000Z [ERROR] agent.hosting: two\\nlines: error=\"why\"\n"], Read(bad));
        Assert.Equal(
            [
                $"{{\"@level\":\"info\",\"@message\":\"one 1\",\"@module\":\"agent\",\"@timestamp\":\"{at}.000000Z\"}}\n",
                $"{{\"@level\":\"error\",\"@message\":\"two\\nlines\",\"@module\":\"agent.hosting\",\"@timestamp\":\"{at}.000000Z\","
                    + "\"error\":\"why\"}\n",
            ],
            Read(all));
    }

    [Fact]
    public void Write_MoreThanAReaderTakes_DropsAndCounts()
    {
        using LogStream stream = Create();
        using LogReader reader = stream.Open(LogLevel.Information, LogFormat.Text);
        ILogger logger = stream.CreateLogger("Discovery.X");
        for (int i = 0; i < 600; i++)
        {
            logger.LogInformation("line {Number}", i);
        }

        List<string> lines = Read(reader);
        Assert.Equal(512, lines.Count);
        Assert.EndsWith("line 511\n", lines[^1], StringComparison.Ordinal);
        Assert.Equal((88, 0), (reader.TakeDropped(), reader.TakeDropped()));
    }

    [Theory]
    [InlineData("?loglevel=debug", "[DEBUG] agent.tests: hello\n")]
    [InlineData("?loglevel=TRACE&logjson", "{\"@level\":\"debug\",\"@message\":\"hello\",\"@module\":\"agent.tests\",")]
    [Trait("Kind", "RealSockets")]
    public async Task Get_Monitor_StreamsTheLibrarysLogUntilTheHostStops(string query, string expected)
    {
        ApiHost host = await ApiHost.StartAsync();
        using var client = new HttpClient { BaseAddress = host.Client.BaseAddress };
        using HttpResponseMessage reply = await client.GetAsync($"/v1/agent/monitor{query}", HttpCompletionOption.ResponseHeadersRead);
        Assert.Null(reply.Content.Headers.ContentType);
        var loggers = host.App.Services.GetRequiredService<ILoggerFactory>();
        loggers.CreateLogger("MyApp.Secrets").LogError("not for you");
        loggers.CreateLogger("Discovery.Tests.Any").LogDebug("hello");

        using var reader = new StreamReader(await reply.Content.ReadAsStreamAsync());
        string line;
        do
        {
            line = $"{await reader.ReadLineAsync()}\n";
            Assert.DoesNotContain("not for you", line, StringComparison.Ordinal);
        }
        while (!line.Contains("hello", StringComparison.Ordinal));

        Assert.Contains(expected, line, StringComparison.Ordinal);
        await host.DisposeAsync();
        await reader.ReadToEndAsync();
    }

    [Fact]
    [Trait("Kind", "RealSockets")]
    public async Task Get_MonitorWithALevelThatIsNone_Is400()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((400, "Bad request: Unknown log level: zz"), await host.CallAsync("/v1/agent/monitor?loglevel=zz"));
    }

    [Theory]
    [InlineData("/v1/status/leader", "/v1/status/leader")]
    [InlineData("/v1/status/leader?a=b&token=secret&dc=x", "/v1/status/leader?a=b&token=<hidden>&dc=x")]
    [InlineData("/v1/status/leader?token=secret", "/v1/status/leader?token=<hidden>")]
    [InlineData("/v1/status/leader?tok%65n=secret", "/v1/status/leader?<hidden>")]
    [InlineData("/v1/status/leader?token=one&token=secret", "/v1/status/leader?<hidden>")]
    [Trait("Kind", "RealSockets")]
    public async Task Get_MonitorAtDebug_TellsOfRequestsWithoutTheirTokens(string target, string shown)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using LogReader reader = host.App.Services.GetRequiredService<LogStream>().Open(LogLevel.Debug, LogFormat.Text);

        await host.CallAsync(target);

        // The reply may be there before the line is.
        string line = "";
        while (!line.Contains("Request finished", StringComparison.Ordinal) && await reader.WaitAsync(CancellationToken.None))
        {
            line = string.Concat(Read(reader));
        }

        Assert.Contains($" [DEBUG] agent.http: Request finished: method=GET url={shown} from=127.0.0.1:", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }

    private LogStream Create() => new(new NodeRuntime(_time, TaskScheduler.Default, 1));

    private static List<string> Read(LogReader reader)
    {
        var lines = new List<string>();
        while (reader.TryRead(out byte[] line))
        {
            lines.Add(Encoding.UTF8.GetString(line));
        }

        return lines;
    }
}
