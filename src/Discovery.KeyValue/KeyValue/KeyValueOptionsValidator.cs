using Microsoft.Extensions.Options;

namespace Discovery.KeyValue;

/// <summary>Tells every limit that cannot work.</summary>
internal sealed class KeyValueOptionsValidator : IValidateOptions<KeyValueOptions>
{
    private const int KeyBytesLimit = 64 * 1024;
    private const int OperationsLimit = 1_000_000;

    public ValidateOptionsResult Validate(string? name, KeyValueOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        if (options.ValueBytesMax < 1)
        {
            failures.Add($"{nameof(options.ValueBytesMax)} is {options.ValueBytesMax}; it must be at least 1.");
        }

        if (options.KeyBytesMax is < 1 or > KeyBytesLimit)
        {
            failures.Add($"{nameof(options.KeyBytesMax)} is {options.KeyBytesMax}; it must be from 1 to {KeyBytesLimit}.");
        }

        if (options.OperationsMax is < 1 or > OperationsLimit)
        {
            failures.Add($"{nameof(options.OperationsMax)} is {options.OperationsMax}; it must be from 1 to {OperationsLimit}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
