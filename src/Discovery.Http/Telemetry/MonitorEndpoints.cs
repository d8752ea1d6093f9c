using System.Globalization;
using Discovery.Infrastructure;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Discovery.Telemetry;

/// <summary><c>/v1/agent/monitor</c>: this library's log, line by line, until the caller or the host goes.</summary>
internal sealed class MonitorEndpoints(LogStream stream, NodeRuntime runtime, IHostApplicationLifetime lifetime) : IEndpointGroup
{
    public void Map(ApiRoutes routes) => routes.Add("agent/monitor", ApiMethods.Get, MonitorAsync);

    private async Task MonitorAsync(ApiCall call)
    {
        string word = call.Query.Get("loglevel");
        if (!LogLine.TryLevel(word, out LogLevel level))
        {
            throw ApiException.BadRequest($"Bad request: Unknown log level: {word}");
        }

        using LogReader reader = stream.Open(level, call.Query.Has("logjson") ? LogFormat.Json : LogFormat.Text);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, lifetime.ApplicationStopping);
        call.Http.Response.StatusCode = 200;
        await call.Http.Response.BodyWriter.FlushAsync(ended.Token);
        try
        {
            while (await reader.WaitAsync(ended.Token))
            {
                await CopyAsync(call, reader, ended.Token);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The caller has gone, or the host stops: either way the stream is over.
        }
    }

    private async Task CopyAsync(ApiCall call, LogReader reader, CancellationToken cancellationToken)
    {
        while (reader.TryRead(out byte[] line))
        {
            await call.Http.Response.BodyWriter.WriteAsync(line, cancellationToken);
        }

        if (reader.TakeDropped() is > 0 and long dropped)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{dropped} lines were dropped: this reader is too slow");
            DateTimeOffset now = runtime.Time.GetUtcNow();
            await call.Http.Response.BodyWriter.WriteAsync(
                reader.Format == LogFormat.Json
                    ? LogLine.Json(now, LogLevel.Warning, "agent", text, null)
                    : LogLine.Text(now, LogLevel.Warning, "agent", text, null),
                cancellationToken);
        }
    }
}
