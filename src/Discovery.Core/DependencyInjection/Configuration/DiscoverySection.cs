namespace Discovery.DependencyInjection;

/// <summary>A section below <c>Discovery</c> that some package binds.</summary>
internal sealed record DiscoverySection(string Name, ConfigurationShape Shape);
