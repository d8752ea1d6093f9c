using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

/// <summary>Tells the failures of the configuration together with those of the node's options.</summary>
internal sealed class ConfigurationValidator(DiscoveryConfiguration configuration) : IValidateOptions<NodeOptions>
{
    public ValidateOptionsResult Validate(string? name, NodeOptions options) =>
        configuration.Failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(configuration.Failures);
}
