namespace Discovery.DependencyInjection;

/// <summary>Marks an app that uses the node of another app.</summary>
internal sealed record SharedNode(IDiscoveryNode Node);
