using Microsoft.Extensions.Options;

namespace Discovery.Agent;

internal sealed class AgentOptionsValidator : IValidateOptions<AgentOptions>
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, AgentOptions options)
    {
        var failures = new List<string>();
        void Check(bool holds, string field, string rule)
        {
            if (!holds)
            {
                failures.Add($"AgentOptions.{field}: {rule}");
            }
        }

        void Span(TimeSpan value, string field) =>
            Check(value > TimeSpan.Zero && value <= s_longest, field, $"must be greater than zero and at most {s_longest}, is {value}");

        Span(options.SyncInterval, nameof(options.SyncInterval));
        Span(options.RetryDelayFirst, nameof(options.RetryDelayFirst));
        Span(options.RetryDelayMax, nameof(options.RetryDelayMax));
        Check(options.RetryDelayMax >= options.RetryDelayFirst, nameof(options.RetryDelayMax),
            $"must not be less than RetryDelayFirst ({options.RetryDelayFirst}), is {options.RetryDelayMax}");
        Check(options.ConcurrentWritesMax > 0, nameof(options.ConcurrentWritesMax),
            $"must be at least 1, is {options.ConcurrentWritesMax}");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
