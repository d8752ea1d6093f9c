namespace Discovery.DependencyInjection;

/// <summary>The services that the app declares, by code and by one reading of the configuration, and what is wrong with them.</summary>
internal sealed record DeclaredReading(IReadOnlyList<ServiceRegistration> Registrations, IReadOnlyList<string> Failures);
