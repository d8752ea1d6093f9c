using Microsoft.Extensions.Options;

namespace Discovery.Replication;

internal sealed class TopicReaperOptionsValidator : IValidateOptions<TopicReaperOptions>
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(30);

    public ValidateOptionsResult Validate(string? name, TopicReaperOptions options)
    {
        var failures = new List<string>();
        void Span(TimeSpan value, string field)
        {
            if (value <= TimeSpan.Zero || value > s_longest)
            {
                failures.Add($"TopicReaperOptions.{field}: must be greater than zero and at most {s_longest}, is {value}");
            }
        }

        Span(options.AbsentFor, nameof(options.AbsentFor));
        Span(options.SampleInterval, nameof(options.SampleInterval));
        if (options.BatchTopics < 1)
        {
            failures.Add($"TopicReaperOptions.BatchTopics: must be at least 1, is {options.BatchTopics}");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
