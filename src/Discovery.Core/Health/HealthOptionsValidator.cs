using Microsoft.Extensions.Options;

namespace Discovery.Health;

internal sealed class HealthOptionsValidator : IValidateOptions<HealthOptions>
{
    public ValidateOptionsResult Validate(string? name, HealthOptions options)
    {
        var failures = new List<string>();

        void Check(bool holds, string field, string rule)
        {
            if (!holds)
            {
                failures.Add($"HealthOptions.{field}: {rule}");
            }
        }

        void Positive(TimeSpan value, string field) => Check(value > TimeSpan.Zero, field, $"must be greater than zero, is {value}");

        Check(options.CheckOutputMaxSize > 0, nameof(options.CheckOutputMaxSize), $"must be at least 1, is {options.CheckOutputMaxSize}");
        Check(options.OutputUpdateInterval >= TimeSpan.Zero, nameof(options.OutputUpdateInterval),
            $"must not be negative, is {options.OutputUpdateInterval}");
        Check(options.FlapThreshold is 0 or >= 2, nameof(options.FlapThreshold),
            $"must be 0 (off) or at least 2, is {options.FlapThreshold}");
        Positive(options.FlapWindow, nameof(options.FlapWindow));
        Positive(options.FlapHoldDown, nameof(options.FlapHoldDown));
        Check(options.FlapHoldDownMax >= options.FlapHoldDown, nameof(options.FlapHoldDownMax),
            $"must not be less than FlapHoldDown ({options.FlapHoldDown}), is {options.FlapHoldDownMax}");
        Positive(options.ProbeTimeout, nameof(options.ProbeTimeout));
        Positive(options.ScriptTimeout, nameof(options.ScriptTimeout));
        Check(options.ProbeReadBytesMax >= options.CheckOutputMaxSize, nameof(options.ProbeReadBytesMax),
            $"must not be less than CheckOutputMaxSize ({options.CheckOutputMaxSize}), is {options.ProbeReadBytesMax}");
        Check(options.ConcurrentProbesMax > 0, nameof(options.ConcurrentProbesMax),
            $"must be at least 1, is {options.ConcurrentProbesMax}");
        Positive(options.AliasRefreshInterval, nameof(options.AliasRefreshInterval));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
