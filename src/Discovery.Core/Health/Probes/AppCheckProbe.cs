namespace Discovery.Health;

/// <summary>Calls a delegate of this process, which may block, hang or throw.</summary>
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
        _previous = done.Task;
        _ = runtime.Start(async () =>
        {
            try
            {
                done.SetResult(await body(cancellationToken));
            }
            catch (Exception e)
            {
                done.SetResult(CheckResult.Critical(ProbeExecution.Describe(e)));
            }
        });
        return await done.Task.WaitAsync(cancellationToken);
    }
}
