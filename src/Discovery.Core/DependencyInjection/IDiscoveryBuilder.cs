using Microsoft.Extensions.DependencyInjection;

namespace Discovery;

/// <summary>Adds parts to a node; every <c>Add...</c> on it only adds services, opens nothing, and may be called twice.</summary>
public interface IDiscoveryBuilder
{
    /// <summary>The services of the app.</summary>
    IServiceCollection Services { get; }
}
