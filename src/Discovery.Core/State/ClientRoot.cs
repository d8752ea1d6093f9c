using Discovery.State.Trees;

namespace Discovery.State;

/// <summary>One immutable version of the deduplication table.</summary>
/// <param name="Clients">By client id.</param>
/// <param name="Outcomes">By (client id, sequence): what was answered; its index is that of the command.</param>
/// <param name="ByLastUse">By (last used index, client id).</param>
/// <param name="Hash">The sum of the hashes of clients and outcomes.</param>
internal sealed record ClientRoot(
    PersistentTree<RowCell<ClientRow>> Clients,
    PersistentTree<RowCell<CommandOutcome>> Outcomes,
    PersistentTree<IndexCell<Guid>> ByLastUse,
    ulong Hash)
{
    public static readonly ClientRoot Empty =
        new(
            PersistentTree<RowCell<ClientRow>>.Empty,
            PersistentTree<RowCell<CommandOutcome>>.Empty,
            PersistentTree<IndexCell<Guid>>.Empty,
            0);
}
