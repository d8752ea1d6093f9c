namespace Discovery.Catalog;

/// <summary>
/// The agent of this node as the catalog sees it: whoever must be asked before an entry of its own goes, and who knows why.
/// </summary>
internal interface ILocalOwner
{
    /// <summary>The owner's name in the catalog: the node's name.</summary>
    string Name { get; }

    /// <summary>Takes a service, or a check, out of agent and catalog.</summary>
    ValueTask<bool> DeregisterAsync(string? serviceId, string? checkId, CallContext context, CancellationToken cancellationToken);

    /// <summary>The last results of a check that this agent runs, oldest first.</summary>
    IReadOnlyList<CheckObservation> HistoryOf(string checkId);

    /// <summary>When the agent will take a service out if its checks stay critical.</summary>
    DateTimeOffset? DeregisterAtOf(string serviceId);
}
