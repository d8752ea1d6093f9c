using Microsoft.Extensions.Options;

namespace Discovery.Hosting;

internal sealed class HttpHostingOptionsValidator : IValidateOptions<HttpHostingOptions>
{
    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(100);

    public ValidateOptionsResult Validate(string? name, HttpHostingOptions options)
    {
        var failures = new List<string>();
        if (options.HealthPeriod < s_least)
        {
            failures.Add($"HttpHostingOptions.HealthPeriod: must be at least {s_least}, is {options.HealthPeriod}");
        }

        if (options.HealthTimeout < s_least)
        {
            failures.Add($"HttpHostingOptions.HealthTimeout: must be at least {s_least}, is {options.HealthTimeout}");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
