using System.Globalization;

namespace Discovery.Health;

/// <summary>Runs a probe under its time limit; whatever happens, the outcome is a result.</summary>
internal static class ProbeExecution
{
    public static async Task<CheckResult> RunAsync(ICheckProbe probe, TimeSpan timeout, TimeProvider time, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return await probe.RunAsync(either.Token);
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            return CheckResult.Critical(TimedOut(timeout));
        }
        catch (Exception e)
        {
            return CheckResult.Critical(Describe(e));
        }
    }

    public static string TimedOut(TimeSpan timeout) =>
        string.Create(CultureInfo.InvariantCulture, $"Timed out ({timeout.TotalSeconds:0.###}s) running check");

    /// <summary>The message of an exception and, where they say more, of those inside it; bounded.</summary>
    public static string Describe(Exception exception)
    {
        string text = MessageOf(exception);
        for (Exception? inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            string more = MessageOf(inner);
            if (!text.Contains(more, StringComparison.Ordinal))
            {
                text = $"{text}: {more}";
            }
        }

        return CheckText.Head(text, 1024);
    }

    // An application's exception may give null or throw when asked for its message.
    private static string MessageOf(Exception exception)
    {
        try
        {
            return exception.Message ?? exception.GetType().Name;
        }
        catch (Exception)
        {
            return exception.GetType().Name;
        }
    }
}
