namespace Discovery.Catalog;

/// <summary>Applies registrations and deregistrations. Rows that stay the same keep their index and wake nobody.</summary>
internal sealed class CatalogCommands(CatalogTables tables)
{
    public CatalogWriteResult Register(StateTransaction transaction, RegisterCommand command)
    {
        CatalogNode? currentNode = FindNode(transaction, command.Node.Name);
        CatalogService? currentService = command.Service is null ? null : FindService(transaction, command.Node.Name, command.Service.Id);
        CatalogWriteResult refusal = Refuse(transaction, command, currentNode, currentService);
        if (refusal.Status != CatalogWriteStatus.Ok)
        {
            return refusal;
        }

        string node = PutNode(transaction, command, currentNode);
        string? owner = command.Owner == node ? node : command.Owner;
        if (command.Service is { } service)
        {
            PutService(transaction, currentService, service with
            {
                Node = node,
                Owner = owner,
                CreateIndex = currentService?.CreateIndex ?? transaction.Index,
                ModifyIndex = transaction.Index,
            });
        }

        foreach (CatalogCheck check in command.Checks)
        {
            CatalogService? checkedService = check.ServiceId.Length == 0 ? null
                : check.ServiceId == command.Service?.Id ? command.Service
                : FindService(transaction, node, check.ServiceId)!;
            PutCheck(transaction, check, checkedService, node, owner);
        }

        return CatalogWriteResult.Ok;
    }

    public CatalogWriteResult Deregister(StateTransaction transaction, DeregisterCommand command)
    {
        if (command.ServiceId.Length > 0)
        {
            return FindService(transaction, command.Node, command.ServiceId) is not { } service ? CatalogWriteResult.Ok
                : IsForeign(service.Owner, command.Owner, command.EnforceOwnership) ? OwnedBy(service.Owner!)
                : RemoveService(transaction, service, command.Reason);
        }

        if (command.CheckId.Length > 0)
        {
            byte[] key = CatalogKeys.OnNode(command.Node, command.CheckId);
            CatalogCheck? check = transaction.Get(tables.Checks, key);
            if (check is not null && IsForeign(check.Owner, command.Owner, command.EnforceOwnership))
            {
                return OwnedBy(check.Owner!);
            }

            transaction.Delete(tables.Checks, key);
            return CatalogWriteResult.Ok;
        }

        return RemoveNode(transaction, command);
    }

    private static bool IsForeign(string? owner, string? writer, bool enforce) =>
        enforce && owner is not null && !string.Equals(owner, writer, StringComparison.OrdinalIgnoreCase);

    private static CatalogWriteResult OwnedBy(string owner) => new(CatalogWriteStatus.OwnedByOther, owner);

    // Everything that can refuse a registration comes before its first change: one command changes all or nothing.
    private CatalogWriteResult Refuse(
        StateTransaction transaction, RegisterCommand command, CatalogNode? current, CatalogService? existing)
    {
        if (current is null && command.SkipNodeUpdate && !command.ByConsulRules)
        {
            return new CatalogWriteResult(CatalogWriteStatus.NodeMissing, command.Node.Name);
        }

        if (!command.SkipNodeUpdate && current is not null)
        {
            if (command.Node.Id != Guid.Empty && current.Id != Guid.Empty && current.Id != command.Node.Id
                && IsAlive(transaction, current.Name))
            {
                return new CatalogWriteResult(CatalogWriteStatus.NodeNameReserved, current.Id.ToString("D"));
            }

            if (IsForeign(current.Owner, command.Owner, command.EnforceOwnership)
                && !CatalogRows.AreSame(current, NodeRow(transaction, command, current)))
            {
                return OwnedBy(current.Owner!);
            }
        }

        return existing is not null && IsForeign(existing.Owner, command.Owner, command.EnforceOwnership)
            ? OwnedBy(existing.Owner!)
            : RefuseChecks(transaction, command);
    }

    private CatalogWriteResult RefuseChecks(StateTransaction transaction, RegisterCommand command)
    {
        foreach (CatalogCheck check in command.Checks)
        {
            if (check.ServiceId.Length > 0 && check.ServiceId != command.Service?.Id
                && FindService(transaction, command.Node.Name, check.ServiceId) is null)
            {
                return new CatalogWriteResult(CatalogWriteStatus.ServiceMissing, check.ServiceId);
            }

            if (command.EnforceOwnership && FindCheck(transaction, command.Node.Name, check.CheckId) is { } existing
                && IsForeign(existing.Owner, command.Owner, command.EnforceOwnership))
            {
                return OwnedBy(existing.Owner!);
            }
        }

        return CatalogWriteResult.Ok;
    }

    // A name may move to another node id unless its holder is known to be alive (Consul's rule: its serfHealth is not critical).
    private bool IsAlive(StateTransaction transaction, string node) =>
        FindCheck(transaction, node, "serfHealth") is { Status: not CheckStatus.Critical };

    private string PutNode(StateTransaction transaction, RegisterCommand command, CatalogNode? current)
    {
        if (command.SkipNodeUpdate && current is not null)
        {
            return current.Name;
        }

        CatalogNode node = NodeRow(transaction, command, current);
        if (current is null || !CatalogRows.AreSame(current, node))
        {
            CatalogNode? renamed = RemoveRenamed(transaction, node);
            transaction.Put(
                tables.Nodes, command.ByConsulRules && renamed is not null ? node with { CreateIndex = renamed.CreateIndex } : node);
        }

        return node.Name;
    }

    private static CatalogNode NodeRow(StateTransaction transaction, RegisterCommand command, CatalogNode? current) => command.Node with
    {
        Id = command.Node.Id == Guid.Empty && current is not null && !command.ByConsulRules ? current.Id : command.Node.Id,
        Owner = command.Owner == command.Node.Name ? command.Node.Name : command.Owner ?? current?.Owner,
        CreateIndex = current?.CreateIndex ?? transaction.Index,
        ModifyIndex = transaction.Index,
    };

    // The same node id under a new name: the node was renamed, and its old name goes with everything on it.
    private CatalogNode? RemoveRenamed(StateTransaction transaction, CatalogNode node)
    {
        CatalogNode? removed = null;
        if (node.Id == Guid.Empty)
        {
            return removed;
        }

        Span<byte> id = stackalloc byte[16];
        node.Id.TryWriteBytes(id, bigEndian: true, out _);
        if (!transaction.Any(tables.NodesById, id))
        {
            return removed;
        }

        foreach (CatalogNode other in transaction.Scan(tables.NodesById, id))
        {
            if (CatalogKeys.Fold(other.Name) != CatalogKeys.Fold(node.Name))
            {
                RemoveNode(transaction, new DeregisterCommand { Node = other.Name, Reason = DepartureReason.Renamed });
                removed = other;
            }
        }

        return removed;
    }

    private void PutService(StateTransaction transaction, CatalogService? current, CatalogService row)
    {
        if (current is not null && CatalogRows.AreSame(current, row))
        {
            return;
        }

        transaction.Put(tables.Services, row);
        if (current is not null && !string.Equals(current.Name, row.Name, StringComparison.Ordinal))
        {
            MoveChecks(transaction, row);
            if (CatalogKeys.Fold(current.Name) != CatalogKeys.Fold(row.Name))
            {
                RecordDeparture(transaction, current, DepartureReason.Renamed);
            }
        }
    }

    private void MoveChecks(StateTransaction transaction, CatalogService service)
    {
        foreach (CatalogCheck check in tables.InstanceChecks.Read(transaction, service.Node, service.Id))
        {
            transaction.Put(tables.Checks, check with { ServiceName = service.Name, ModifyIndex = transaction.Index });
        }
    }

    private void PutCheck(StateTransaction transaction, CatalogCheck check, CatalogService? service, string node, string? owner)
    {
        CatalogCheck? current = FindCheck(transaction, node, check.CheckId);
        CatalogCheck row = check with
        {
            Node = node,
            ServiceId = service?.Id ?? "",
            ServiceName = service?.Name ?? "",
            Owner = owner,
            CreateIndex = current?.CreateIndex ?? transaction.Index,
            ModifyIndex = transaction.Index,
        };
        if (current is null || !CatalogRows.AreSame(current, row))
        {
            transaction.Put(tables.Checks, row);
        }
    }

    private CatalogWriteResult RemoveService(StateTransaction transaction, CatalogService service, DepartureReason reason)
    {
        foreach (CatalogCheck check in tables.InstanceChecks.Read(transaction, service.Node, service.Id))
        {
            transaction.Delete(tables.Checks, CatalogKeys.OnNode(check.Node, check.CheckId));
        }

        transaction.Delete(tables.Services, CatalogKeys.OnNode(service.Node, service.Id));
        RecordDeparture(transaction, service, reason);
        return CatalogWriteResult.Ok;
    }

    private CatalogWriteResult RemoveNode(StateTransaction transaction, DeregisterCommand command)
    {
        byte[] key = CatalogKeys.Folded(command.Node);
        if (transaction.Get(tables.Nodes, key) is not { } node)
        {
            return CatalogWriteResult.Ok;
        }

        if (IsForeign(node.Owner, command.Owner, command.EnforceOwnership))
        {
            return OwnedBy(node.Owner!);
        }

        DepartureReason reason = command.Reason == DepartureReason.Deregistered ? DepartureReason.NodeRemoved : command.Reason;
        foreach (CatalogService service in transaction.Scan(tables.Services, key))
        {
            RemoveService(transaction, service, reason);
        }

        foreach (CatalogCheck check in transaction.Scan(tables.Checks, key))
        {
            transaction.Delete(tables.Checks, CatalogKeys.OnNode(check.Node, check.CheckId));
        }

        transaction.Delete(tables.Nodes, key);
        return CatalogWriteResult.Ok;
    }

    private void RecordDeparture(StateTransaction transaction, CatalogService service, DepartureReason reason)
    {
        if (transaction.Count(tables.Departures) >= CatalogTables.DeparturesMax)
        {
            DropOldestDepartures(transaction);
        }

        transaction.Put(
            tables.Departures,
            new CatalogDeparture(service.Name, service.Node, service.Id, reason, transaction.Index, transaction.WallTime));
    }

    // A quarter at a time, so that the scan is paid for once in many departures.
    private void DropOldestDepartures(StateTransaction transaction)
    {
        IReadOnlyList<CatalogDeparture> all = transaction.Scan(tables.Departures);
        for (int i = 0; i < CatalogTables.DeparturesMax / 4; i++)
        {
            transaction.Delete(tables.Departures, CatalogKeys.Departure(all[i]));
        }
    }

    private CatalogNode? FindNode(StateTransaction transaction, string name)
    {
        var key = new StateKeyBuilder(stackalloc byte[CatalogKeys.StackBytes]);
        key.AppendFolded(name);
        CatalogNode? node = transaction.Get(tables.Nodes, key.Bytes);
        key.Dispose();
        return node;
    }

    private CatalogService? FindService(StateTransaction transaction, string node, string id)
    {
        var key = new StateKeyBuilder(stackalloc byte[CatalogKeys.StackBytes]);
        key.AppendFolded(node);
        key.Append(id);
        CatalogService? service = transaction.Get(tables.Services, key.Bytes);
        key.Dispose();
        return service;
    }

    private CatalogCheck? FindCheck(StateTransaction transaction, string node, string id)
    {
        var key = new StateKeyBuilder(stackalloc byte[CatalogKeys.StackBytes]);
        key.AppendFolded(node);
        key.Append(id);
        CatalogCheck? check = transaction.Get(tables.Checks, key.Bytes);
        key.Dispose();
        return check;
    }
}
