namespace Discovery.DependencyInjection;

/// <summary>The services that the app declares, by code and by one reading of the configuration.</summary>
/// <param name="Services">By the names of their declarations, in their order.</param>
internal sealed record DeclaredReading(IReadOnlyList<(string Name, ServiceRegistration Registration)> Services);
