using Discovery.State.Trees;

namespace Discovery.State;

/// <summary>One immutable version of the deduplication table.</summary>
/// <param name="Clients">By client id.</param>
/// <param name="Outcomes">By (client id, sequence): what was answered; the entry's index is that of the command.</param>
/// <param name="ByLastUse">By (last used index, client id).</param>
/// <param name="Hash">The sum of the hashes of clients and outcomes.</param>
internal sealed record ClientRoot(
    PersistentTree<ClientRow> Clients, PersistentTree<CommandOutcome> Outcomes, PersistentTree<Guid> ByLastUse, ulong Hash)
{
    public static readonly ClientRoot Empty =
        new(PersistentTree<ClientRow>.Empty, PersistentTree<CommandOutcome>.Empty, PersistentTree<Guid>.Empty, 0);
}
