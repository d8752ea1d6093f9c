namespace Discovery;

/// <summary>What an address belongs to: the first node that has it, else the first service that has it as its own.</summary>
/// <param name="Node">The node; with a service, the node that it runs on.</param>
/// <param name="Service">The service, or null when the address is the node's.</param>
public sealed record AddressOwner(CatalogNode? Node, CatalogService? Service);
