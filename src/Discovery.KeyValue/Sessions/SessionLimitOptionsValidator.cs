using Microsoft.Extensions.Options;

namespace Discovery.Sessions;

internal sealed class SessionLimitOptionsValidator : IValidateOptions<SessionLimitOptions>
{
    private static readonly TimeSpan s_timeMax = TimeSpan.FromDays(366);

    public ValidateOptionsResult Validate(string? name, SessionLimitOptions options)
    {
        var failures = new List<string>();
        CheckTime(nameof(options.TtlMin), options.TtlMin, TimeSpan.FromMilliseconds(1), failures);
        CheckTime(nameof(options.TtlMax), options.TtlMax, options.TtlMin, failures);
        CheckTime(nameof(options.LockDelayMax), options.LockDelayMax, TimeSpan.Zero, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckTime(string field, TimeSpan value, TimeSpan least, List<string> failures)
    {
        if (value < least || value > s_timeMax)
        {
            failures.Add($"SessionLimitOptions.{field}: {value} is not between {least} and {s_timeMax}");
        }
    }
}
