using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

/// <summary>A durable log needs a place.</summary>
internal sealed class DataDirectoryValidator : IValidateOptions<NodeOptions>
{
    public ValidateOptionsResult Validate(string? name, NodeOptions options) => string.IsNullOrEmpty(options.DataDirectory)
        ? ValidateOptionsResult.Fail("NodeOptions.DataDirectory: AddRaft keeps the log on the disk and must be told where")
        : ValidateOptionsResult.Success;
}
