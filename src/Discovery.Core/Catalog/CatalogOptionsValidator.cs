using Microsoft.Extensions.Options;

namespace Discovery.Catalog;

internal sealed class CatalogOptionsValidator : IValidateOptions<CatalogOptions>
{
    public ValidateOptionsResult Validate(string? name, CatalogOptions options) => options.RenderingBytesMax >= 0
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"CatalogOptions.RenderingBytesMax: must not be negative, is {options.RenderingBytesMax}");
}
