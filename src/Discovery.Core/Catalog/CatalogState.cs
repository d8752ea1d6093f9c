using Discovery.Catalog;

namespace Discovery;

/// <summary>The catalog's rows as other state modules see and change them, inside their own transactions.</summary>
/// <remarks>
/// What is written here keeps Consul's rules for its transactions: nobody owns it. Inject it into the module; its tables exist when a
/// module whose name comes after "catalog" is configured.
/// </remarks>
public sealed class CatalogState
{
    private readonly CatalogModule _module;

    internal CatalogState(CatalogModule module) => _module = module;

    /// <summary>The nodes.</summary>
    public StateTable<CatalogNode> Nodes => _module.Tables.Nodes;

    /// <summary>The service instances.</summary>
    public StateTable<CatalogService> Services => _module.Tables.Services;

    /// <summary>The health checks.</summary>
    public StateTable<CatalogCheck> Checks => _module.Tables.Checks;

    /// <summary>Encodes a node, for commands that carry one.</summary>
    public static IStateCodec<CatalogNode> NodeCodec => CatalogNodeCodec.Instance;

    /// <summary>Encodes a service instance, for commands that carry one.</summary>
    public static IStateCodec<CatalogService> ServiceCodec => CatalogServiceCodec.Instance;

    /// <summary>Encodes a check, for commands that carry one.</summary>
    public static IStateCodec<CatalogCheck> CheckCodec => CatalogCheckCodec.Instance;

    /// <summary>The key of a node: names are one whatever their case.</summary>
    /// <param name="node">The node's name.</param>
    public static byte[] NodeKey(string node) => CatalogKeys.Folded(node);

    /// <summary>The key of a service instance or of a check.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="id">The id on that node.</param>
    public static byte[] KeyOnNode(string node, string id) => CatalogKeys.OnNode(node, id);

    /// <summary>Finds a node by its id.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="id">The id; the empty one is nobody's.</param>
    public CatalogNode? FindNode(StateTransaction transaction, Guid id)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (id == Guid.Empty)
        {
            return null;
        }

        Span<byte> key = stackalloc byte[16];
        id.TryWriteBytes(key, bigEndian: true, out _);
        IReadOnlyList<CatalogNode> found = transaction.Scan(_module.Tables.NodesById, key);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Finds a node by its id.</summary>
    /// <param name="snapshot">The state.</param>
    /// <param name="id">The id; the empty one is nobody's.</param>
    public CatalogNode? FindNode(StateSnapshot snapshot, Guid id)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Span<byte> key = stackalloc byte[16];
        id.TryWriteBytes(key, bigEndian: true, out _);
        return id == Guid.Empty ? null : snapshot.First(_module.Tables.NodesById, key);
    }

    /// <summary>Adds or replaces a node; renames it when its id is known under another name.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="node">The node; its indexes are set here.</param>
    /// <returns>Null, or why it was refused and nothing changed.</returns>
    public CatalogRefusedSubject? Put(StateTransaction transaction, CatalogNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return Refusal(_module.Commands.Register(transaction, new RegisterCommand { Node = node, ByConsulRules = true }));
    }

    /// <summary>Adds or replaces a service instance on a node that is there.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="service">The instance; its indexes are set here.</param>
    /// <returns>Null, or why it was refused and nothing changed.</returns>
    public CatalogRefusedSubject? Put(StateTransaction transaction, CatalogService service)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(service);
        return transaction.Get(Nodes, NodeKey(service.Node)) is not { } node
            ? new CatalogRefusedSubject(CatalogRefusal.NodeNotFound, service.Node)
            : Refusal(_module.Commands.Register(
                transaction, new RegisterCommand { Node = node, SkipNodeUpdate = true, Service = service, ByConsulRules = true }));
    }

    /// <summary>Adds or replaces a check on a node, and on a service when it names one, that are there.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="check">The check; its indexes and the name of its service are set here.</param>
    /// <returns>Null, or why it was refused and nothing changed.</returns>
    public CatalogRefusedSubject? Put(StateTransaction transaction, CatalogCheck check)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(check);
        return transaction.Get(Nodes, NodeKey(check.Node)) is not { } node
            ? new CatalogRefusedSubject(CatalogRefusal.NodeNotFound, check.Node)
            : Refusal(_module.Commands.Register(
                transaction, new RegisterCommand { Node = node, SkipNodeUpdate = true, Checks = [check], ByConsulRules = true }));
    }

    /// <summary>Deletes a node with all that is on it.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="node">Its name; nothing happens when it is not there.</param>
    public void DeleteNode(StateTransaction transaction, string node) =>
        _module.Commands.Deregister(transaction, new DeregisterCommand { Node = node });

    /// <summary>Deletes a service instance with its checks.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="node">Its node.</param>
    /// <param name="serviceId">Its id; nothing happens when it is not there.</param>
    public void DeleteService(StateTransaction transaction, string node, string serviceId) =>
        _module.Commands.Deregister(transaction, new DeregisterCommand { Node = node, ServiceId = serviceId });

    /// <summary>Deletes a check.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="node">Its node.</param>
    /// <param name="checkId">Its id; nothing happens when it is not there.</param>
    public void DeleteCheck(StateTransaction transaction, string node, string checkId) =>
        _module.Commands.Deregister(transaction, new DeregisterCommand { Node = node, CheckId = checkId });

    private static CatalogRefusedSubject? Refusal(CatalogWriteResult result) => result.Status switch
    {
        CatalogWriteStatus.Ok => null,
        CatalogWriteStatus.NodeNameReserved => new CatalogRefusedSubject(CatalogRefusal.NodeNameReserved, result.Subject),
        CatalogWriteStatus.NodeMissing => new CatalogRefusedSubject(CatalogRefusal.NodeNotFound, result.Subject),
        CatalogWriteStatus.ServiceMissing => new CatalogRefusedSubject(CatalogRefusal.ServiceNotOnNode, result.Subject),
        _ => new CatalogRefusedSubject(CatalogRefusal.OwnedByOther, result.Subject),
    };
}
