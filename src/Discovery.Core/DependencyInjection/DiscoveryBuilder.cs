using Microsoft.Extensions.DependencyInjection;

namespace Discovery.DependencyInjection;

internal sealed class DiscoveryBuilder(IServiceCollection services) : IDiscoveryBuilder
{
    public IServiceCollection Services { get; } = services;
}
