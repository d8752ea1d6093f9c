namespace Discovery.Health;

/// <summary>Calls a delegate of this process, which may block, hang or throw, also in what it registered on its token.</summary>
/// <remarks>
/// The delegate's token is one of its own, cancelled on a task of its own: what hangs on it can neither hold up the checks, nor throw on
/// the thread of a timer, which would end the process.
/// </remarks>
internal sealed class AppCheckProbe(Func<CancellationToken, ValueTask<CheckResult>> body, NodeRuntime runtime) : ICheckProbe
{
    private Task<CheckResult>? _previous;

    public async ValueTask<CheckResult> RunAsync(CancellationToken cancellationToken)
    {
        if (_previous is { IsCompleted: false })
        {
            return CheckResult.Critical("The previous run, which was given up, has still not ended");
        }

        // No asynchronous continuations: WaitAsync would then be completed on the pool, whatever the runtime's scheduler.
        var done = new TaskCompletionSource<CheckResult>();
        var givenUp = new CancellationTokenSource();
        _previous = done.Task;
        _ = runtime.Start(() => CallAsync(done, givenUp.Token));
        try
        {
            return await done.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!done.Task.IsCompleted)
        {
            _ = runtime.Start(() => GiveUp(givenUp));
            throw;
        }
    }

    private async Task CallAsync(TaskCompletionSource<CheckResult> done, CancellationToken givenUp)
    {
        CheckResult result;
        try
        {
            result = await body(givenUp);
            if (result == default)
            {
                result = CheckResult.Critical("The probe gave no result");
            }
        }
        catch (Exception e)
        {
            result = CheckResult.Critical(ProbeExecution.Describe(e));
        }

        done.SetResult(result);
    }

    private static Task GiveUp(CancellationTokenSource givenUp)
    {
        try
        {
            givenUp.Cancel();
        }
        catch (AggregateException)
        {
            // Thrown by what the delegate registered; the run counts as timed out already.
        }

        return Task.CompletedTask;
    }
}
