using Discovery.Catalog;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

internal sealed class NodeOptionsValidator : IValidateOptions<NodeOptions>
{
    private static readonly TimeSpan s_delayMax = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, NodeOptions options)
    {
        var failures = new List<string>();
        if (options.Role != NodeRole.Server)
        {
            failures.Add($"NodeOptions.Role: a node of role {options.Role} cannot be started yet; use {nameof(NodeRole.Server)}");
        }

        if (options.NodeName is not null)
        {
            RegistrationValidator.CheckName(
                "NodeOptions.NodeName", options.NodeName, requireDnsName: options.NameRule == NameRule.DnsSafe, failures);
        }

        if (!IsDatacenter(options.Datacenter))
        {
            failures.Add(
                $"NodeOptions.Datacenter: \"{options.Datacenter}\" is no name; use 1 to 63 of a-z, 0-9, - and _");
        }

        if (options.AdvertiseAddress is not null)
        {
            RegistrationValidator.CheckAddress("NodeOptions.AdvertiseAddress", options.AdvertiseAddress, isRequired: true, failures);
        }

        if (options.AdvertiseAddressWan is not null)
        {
            RegistrationValidator.CheckAddress("NodeOptions.AdvertiseAddressWan", options.AdvertiseAddressWan, isRequired: true, failures);
        }

        RegistrationValidator.CheckPort("NodeOptions.ServerPort", options.ServerPort, failures);
        RegistrationValidator.CheckPort("NodeOptions.SerfLanPort", options.SerfLanPort, failures);
        if (options.SerfWanPort != -1)
        {
            RegistrationValidator.CheckPort("NodeOptions.SerfWanPort", options.SerfWanPort, failures);
        }

        RegistrationValidator.CheckMeta("NodeOptions.Meta", options.Meta, failures);
        CheckDelay(nameof(options.RegisterTimeout), options.RegisterTimeout, TimeSpan.FromMilliseconds(1), failures);
        CheckDelay(nameof(options.DrainDelay), options.DrainDelay, TimeSpan.Zero, failures);
        CheckDelay(nameof(options.LeaveTimeout), options.LeaveTimeout, TimeSpan.FromMilliseconds(1), failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsDatacenter(string? name) => name is { Length: > 0 and <= CatalogLimits.LabelCharsMax }
        && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_');

    private static void CheckDelay(string field, TimeSpan value, TimeSpan least, List<string> failures)
    {
        if (value < least || value > s_delayMax)
        {
            failures.Add($"NodeOptions.{field}: {value} is not between {least} and {s_delayMax}");
        }
    }
}
