using Microsoft.Extensions.Options;

namespace Discovery.State;

internal sealed class StateMachineOptionsValidator : IValidateOptions<StateMachineOptions>
{
    public ValidateOptionsResult Validate(string? name, StateMachineOptions options) => options.RingBytesMax >= 0
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"StateMachineOptions.RingBytesMax: must not be negative, is {options.RingBytesMax}");
}
