using System.Diagnostics.CodeAnalysis;
using Discovery;
using Discovery.Locks;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Runs services on one node at a time.</summary>
public static class LeaderServiceBuilderExtensions
{
    /// <summary>
    /// Runs <typeparamref name="TService"/> on one node of the cluster at a time: on the one that wins the election of this name. It is
    /// stopped before its lease can end, and has a fence for what it writes.
    /// </summary>
    /// <remarks>Each tenure gets a new instance in a scope of its own. The same name again is ignored.</remarks>
    /// <typeparam name="TService">The service.</typeparam>
    /// <param name="builder">The node; gets the key/value store when it has none.</param>
    /// <param name="name">The election's name, the same on all nodes.</param>
    /// <param name="configure">Sets lease and timeouts.</param>
    /// <returns>The node.</returns>
    public static IDiscoveryBuilder AddLeaderHostedService<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService>(
        this IDiscoveryBuilder builder, string name, Action<LeaderServiceOptions>? configure = null)
        where TService : class, ILeaderService
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        builder.AddKeyValue();
        IServiceCollection services = builder.Services;
        if (services.Any(d => d.ImplementationInstance is LeaderServiceDeclaration known && known.Name == name))
        {
            return builder;
        }

        var options = new LeaderServiceOptions();
        configure?.Invoke(options);
        var declaration = new LeaderServiceDeclaration(name, options, static provider => provider.GetRequiredService<TService>());
        services.TryAddScoped<TService>();
        services.AddSingleton(declaration);
        services.AddSingleton<IHostedService>(provider => new LeaderHost(
            declaration,
            provider.GetRequiredService<IDistributedLocks>(),
            provider.GetRequiredService<IServiceScopeFactory>(),
            provider.GetRequiredService<NodeRuntime>(),
            provider.GetRequiredService<ILogger<LeaderHost>>()));
        return builder;
    }
}
