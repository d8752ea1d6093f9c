namespace Discovery.DependencyInjection;

/// <summary>A name that <c>AddService</c> was called with.</summary>
internal sealed record ServiceDeclaration(string Name);

/// <summary>What one call of <c>AddService</c> fills in.</summary>
internal sealed record ServiceConfiguration(string Name, Action<ServiceRegistration> Configure);

/// <summary>A module of the app's own.</summary>
internal sealed record StateModuleDeclaration(Type ModuleType, Func<IServiceProvider, IStateModule> Create);
