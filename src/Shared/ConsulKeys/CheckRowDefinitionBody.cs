namespace Discovery.Consul;

/// <summary>What the catalog keeps of how a check is run, inside a transaction. Fields that it does not have are ignored.</summary>
internal sealed partial class CheckRowDefinitionBody : CatalogCheckDefinitionBody;
