using Microsoft.Extensions.Logging;

namespace Discovery.Testing;

/// <summary>Keeps what is logged as lines of event id, level and message.</summary>
public sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The lines so far.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Waits for a line that has this in it, among those that are there and those to come.</summary>
    public Task<string> WaitForAsync(string part, CancellationToken cancellationToken) =>
        WaitForAsync(line => line.Contains(part, StringComparison.Ordinal), cancellationToken);

    /// <summary>Waits for a line that is as it should be, among those that are there and those to come.</summary>
    public async Task<string> WaitForAsync(Predicate<string> isIt, CancellationToken cancellationToken)
    {
        string? found = null;
        await WaitUntilAsync(lines => (found = lines.FirstOrDefault(line => isIt(line))) is not null, cancellationToken);
        return found!;
    }

    /// <summary>Waits until the lines so far, as a whole, are as they should be.</summary>
    public async Task WaitUntilAsync(Predicate<IReadOnlyList<string>> areThey, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            lock (_lock)
            {
                if (areThey(_lines))
                {
                    return;
                }

                more = _more.Task;
            }

            await more.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc />
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc />
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        TaskCompletionSource more;
        lock (_lock)
        {
            _lines.Add($"{eventId.Id} {logLevel} {formatter(state, exception)}");
            more = _more;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        more.SetResult();
    }
}
