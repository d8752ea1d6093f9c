using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Discovery.Hosting;

/// <summary>Evaluates the app's own health checks, except the node's: one evaluation at a time, for all its services.</summary>
internal sealed class AppHealth(HealthCheckService service, NodeRuntime runtime)
{
    private const string OwnCheck = "discovery";

    private readonly Lock _lock = new();
    private Task<CheckResult>? _running;
    private Task<HealthReport>? _report;

    /// <summary>Joins the evaluation that is under way, or starts one.</summary>
    public Task<CheckResult> EvaluateAsync(TimeSpan timeout)
    {
        lock (_lock)
        {
            return _running is { IsCompleted: false } running ? running : _running = RunAsync(timeout);
        }
    }

    /// <summary>Health checks of the app as one result; the texts of those that are not healthy, in ordinal order of their names.</summary>
    public static CheckResult ToResult(HealthReport report)
    {
        CheckStatus status = report.Status switch
        {
            HealthStatus.Healthy => CheckStatus.Passing,
            HealthStatus.Degraded => CheckStatus.Warning,
            _ => CheckStatus.Critical,
        };
        IEnumerable<string> troubles = report.Entries.Where(static entry => entry.Value.Status != HealthStatus.Healthy)
            .OrderBy(static entry => entry.Key, StringComparer.Ordinal)
            .Select(static entry => $"{entry.Key}: {entry.Value.Status}{Reason(entry.Value)}");
        string output = status == CheckStatus.Passing
            ? report.Entries.Count == 0 ? "The app runs" : "All health checks of the app pass"
            : string.Join('\n', troubles);
        return new CheckResult(status, output);
    }

    private static string Reason(HealthReportEntry entry) =>
        (entry.Description ?? entry.Exception?.Message) is { Length: > 0 } reason ? $", {reason}" : "";

    private async Task<CheckResult> RunAsync(TimeSpan timeout)
    {
        if (_report is { IsCompleted: false })
        {
            return CheckResult.Critical("The health checks of the app, which were given up, have still not ended");
        }

        var givenUp = new CancellationTokenSource();
        try
        {
            Task<HealthReport> report = service.CheckHealthAsync(static one => one.Name != OwnCheck, givenUp.Token);
            _report = report;
            return ToResult(await report.WaitAsync(timeout, runtime.Time));
        }
        catch (TimeoutException) when (_report is { IsCompleted: false } left)
        {
            // On a task of its own: what the checks registered on the token may block, or throw.
            _ = runtime.Start(() => GiveUpAsync(givenUp, left));
            return CheckResult.Critical($"The health checks of the app have not ended within {timeout}");
        }
        catch (Exception e)
        {
            return CheckResult.Critical($"The health checks of the app cannot be evaluated: {e.Message}");
        }
    }

    private static async Task GiveUpAsync(CancellationTokenSource givenUp, Task report)
    {
        try
        {
            givenUp.Cancel();
            await report;
        }
        catch (Exception)
        {
            // The evaluation counts as critical already.
        }
    }
}
