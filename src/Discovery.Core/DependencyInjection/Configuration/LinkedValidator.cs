using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

/// <summary>Validates another options class with the node's, so that one exception at start tells all failures of all classes.</summary>
internal sealed class LinkedValidator<TOptions>(IOptionsFactory<TOptions> factory) : IValidateOptions<NodeOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, NodeOptions options)
    {
        try
        {
            _ = factory.Create(Options.DefaultName);
            return ValidateOptionsResult.Success;
        }
        catch (OptionsValidationException e)
        {
            return ValidateOptionsResult.Fail(e.Failures);
        }
    }
}
