using Microsoft.Extensions.Options;

namespace Discovery.Coordinates;

internal sealed class CoordinateOptionsValidator : IValidateOptions<CoordinateOptions>
{
    private const int MostMax = 65_536;
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, CoordinateOptions options)
    {
        var failures = new List<string>();
        if (options.UpdatePeriod <= TimeSpan.Zero || options.UpdatePeriod > s_longest)
        {
            failures.Add(
                $"CoordinateOptions.UpdatePeriod: must be greater than zero and at most {s_longest}, is {options.UpdatePeriod}");
        }

        Count(options.BatchSize, nameof(options.BatchSize));
        Count(options.BatchesMax, nameof(options.BatchesMax));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Count(int value, string field)
        {
            if (value is < 1 or > MostMax)
            {
                failures.Add($"CoordinateOptions.{field}: must be between 1 and {MostMax}, is {value}");
            }
        }
    }
}
