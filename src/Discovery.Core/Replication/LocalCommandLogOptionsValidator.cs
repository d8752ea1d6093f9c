using Microsoft.Extensions.Options;

namespace Discovery.Replication;

internal sealed class LocalCommandLogOptionsValidator : IValidateOptions<LocalCommandLogOptions>
{
    public ValidateOptionsResult Validate(string? name, LocalCommandLogOptions options)
    {
        var failures = new List<string>();
        void AtLeastOne(long value, string field)
        {
            if (value < 1)
            {
                failures.Add($"LocalCommandLogOptions.{field}: must be at least 1, is {value}");
            }
        }

        AtLeastOne(options.QueueLength, nameof(options.QueueLength));
        AtLeastOne(options.QueueBytesMax, nameof(options.QueueBytesMax));
        AtLeastOne(options.BatchBytesMax, nameof(options.BatchBytesMax));
        AtLeastOne(options.BatchEntriesMax, nameof(options.BatchEntriesMax));
        AtLeastOne(options.CommandBytesMax, nameof(options.CommandBytesMax));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
