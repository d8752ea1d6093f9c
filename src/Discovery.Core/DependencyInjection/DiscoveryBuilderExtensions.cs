using System.Diagnostics.CodeAnalysis;
using Discovery;
using Discovery.DependencyInjection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What a node can be given beside itself.</summary>
public static class DiscoveryBuilderExtensions
{
    /// <summary>Declares a service of this app: registered when the host has started, drained and taken out when it stops.</summary>
    /// <remarks>
    /// The same name again adds to the same declaration. Configuration section <c>Discovery:Services:&lt;name&gt;</c> is bound first;
    /// what <paramref name="configure"/> sets wins. For a second instance of a service, declare another name here and set
    /// <see cref="ServiceRegistration.Name"/>.
    /// </remarks>
    /// <param name="builder">The node.</param>
    /// <param name="name">The name of the declaration; the service's name unless that is set.</param>
    /// <param name="configure">Fills in the rest.</param>
    /// <returns>The node.</returns>
    public static IDiscoveryBuilder AddService(
        this IDiscoveryBuilder builder, string name, Action<ServiceRegistration>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        bool isKnown = builder.Services.Any(d => d.ImplementationInstance is ServiceDeclaration known
            && string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase));
        if (!isKnown)
        {
            builder.Services.AddSingleton(new ServiceDeclaration(name));
        }

        if (configure is not null)
        {
            builder.Services.AddSingleton(new ServiceConfiguration(name, configure));
        }

        return builder;
    }

    /// <summary>Adds a module of the app's own to the replicated state; all servers of a cluster must have the same.</summary>
    /// <remarks>
    /// Inject the module itself for the handles of its tables and commands (they exist once the node is made), <see cref="CommandClient"/>
    /// to change the state, <see cref="StateQueries"/> to read it or to wait for a change, and <see cref="IServiceCatalog.Snapshot"/> to
    /// read it now. <see cref="StateCodecs"/> and <see cref="StateKey"/> have ready-made encodings.
    /// </remarks>
    /// <typeparam name="TModule">The module; made once.</typeparam>
    /// <param name="builder">The node.</param>
    /// <returns>The node.</returns>
    public static IDiscoveryBuilder AddStateModule<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TModule>(this IDiscoveryBuilder builder)
        where TModule : class, IStateModule
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<TModule>();
        bool isKnown = builder.Services.Any(static d => d.ImplementationInstance is StateModuleDeclaration known
            && known.ModuleType == typeof(TModule));
        if (!isKnown)
        {
            builder.Services.AddSingleton(
                new StateModuleDeclaration(typeof(TModule), static services => services.GetRequiredService<TModule>()));
        }

        return builder;
    }

    /// <summary>Gives a package of this family its configuration section: unknown keys and unreadable values fail the start.</summary>
    /// <remarks>All failures of all sections and options classes are told by one <see cref="OptionsValidationException"/>.</remarks>
    /// <typeparam name="TOptions">
    /// The options: single values, lists and maps of texts, maps of time spans, and groups of single values.
    /// </typeparam>
    /// <param name="builder">The node.</param>
    /// <param name="section">The section's name below <c>Discovery</c>.</param>
    /// <param name="bind">
    /// Binds the section; written at the call as <c>static (section, options) => section.Bind(options)</c>, for the source generator.
    /// </param>
    /// <returns>The node.</returns>
    public static IDiscoveryBuilder AddOptionsSection<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties
            | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TOptions>(
        this IDiscoveryBuilder builder, string section, Action<IConfiguration, TOptions> bind)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(section);
        ArgumentNullException.ThrowIfNull(bind);
        IServiceCollection services = builder.Services;
        if (services.Any(d => d.ImplementationInstance is DiscoverySection known && known.Name == section))
        {
            return builder;
        }

        services.AddOptions<TOptions>();
        services.AddSingleton(new DiscoverySection(section, ConfigurationShape.Of<TOptions>()));
        services.AddSingleton<IConfigureOptions<TOptions>>(provider =>
            new SectionBinder<TOptions>(provider.GetRequiredService<DiscoveryConfiguration>(), section, bind));
        services.AddSingleton<IOptionsChangeTokenSource<TOptions>>(static provider =>
            new SectionChange<TOptions>(provider.GetRequiredService<DiscoveryConfiguration>()));
        if (typeof(TOptions) != typeof(NodeOptions))
        {
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NodeOptions>, LinkedValidator<TOptions>>(
                static provider => new LinkedValidator<TOptions>(provider.GetRequiredService<IOptionsFactory<TOptions>>())));
        }

        return builder;
    }
}
