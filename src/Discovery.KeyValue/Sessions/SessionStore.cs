using Discovery.KeyValue;

namespace Discovery.Sessions;

/// <summary>The facade of the sessions.</summary>
internal sealed class SessionStore(
    KeyValueModule module,
    CommandClient client,
    StateQueries queries,
    KeyValueScope scope,
    SessionIdentity identity,
    LeaseRenewals leases) : ISessions
{
    private static readonly IEqualityComparer<IReadOnlyList<SessionEntry>> SameList =
        EqualityComparer<IReadOnlyList<SessionEntry>>.Create(
            static (a, b) => a!.Count == b!.Count && a.Zip(b).All(static pair => AreSame(pair.First, pair.Second)));

    private static readonly IEqualityComparer<SessionEntry?> SameSession = EqualityComparer<SessionEntry?>.Create(AreSame);

    public async ValueTask<SessionEntry> CreateAsync(
        SessionCreation creation, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(creation);
        scope.Check(context);
        SessionEntry session = ToEntry(creation);
        CommandResult<SessionResult> result = await client.ExecuteAsync(
            module.CreateSession, session, context, cancellationToken);
        return result.Value.Refusal switch
        {
            SessionRefusal.None => session with { CreateIndex = result.Index, ModifyIndex = result.Index },
            SessionRefusal.NodeUnknown => throw Refused(result.Value, $"Node \"{session.Node}\" is not in the catalog."),
            SessionRefusal.CheckUnknown => throw Refused(
                result.Value, $"Check \"{result.Value.Subject}\" is not on node \"{session.Node}\"."),
            SessionRefusal.CheckCritical => throw Refused(result.Value, $"Check \"{result.Value.Subject}\" is critical."),
            _ => throw Refused(result.Value, $"Session {session.Id:D} exists."),
        };
    }

    public ValueTask<SessionEntry?> RenewAsync(Guid id, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        scope.Check(context);
        return leases.RenewAsync(id, cancellationToken);
    }

    public async ValueTask<bool> DestroyAsync(
        Guid id, SessionEnd end = SessionEnd.Destroyed, CallContext? context = null, CancellationToken cancellationToken = default)
    {
        scope.Check(context);
        CommandResult<bool> result = await client.ExecuteAsync(
            module.DestroySession, new SessionDestruction(id, end), context, cancellationToken);
        return result.Value;
    }

    public ValueTask<QueryReply<SessionEntry?>> QueryAsync(
        Guid id, QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        scope.Check(options?.Context);
        byte[] key = SessionTables.Key(id);
        SessionTables tables = module.Sessions;
        return queries.QueryAsync(
            (snapshot, topics) =>
            {
                topics.Add(StateTopic.ForKey(tables.SessionTopics, key));
                return snapshot.Get(tables.Sessions, key);
            },
            SameSession,
            options,
            cancellationToken);
    }

    public ValueTask<QueryReply<IReadOnlyList<SessionEntry>>> QueryAllAsync(
        QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        scope.Check(options?.Context);
        SessionTables tables = module.Sessions;
        return queries.QueryAsync<IReadOnlyList<SessionEntry>>(
            (snapshot, topics) =>
            {
                topics.Add(StateTopic.ForTable(tables.Sessions));
                return snapshot.Scan(tables.Sessions).ToList();
            },
            SameList,
            options,
            cancellationToken);
    }

    public ValueTask<QueryReply<IReadOnlyList<SessionEntry>>> QueryNodeAsync(
        string node, QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        scope.Check(options?.Context);
        ArgumentException.ThrowIfNullOrEmpty(node);
        byte[] key = CatalogState.NodeKey(node);
        SessionTables tables = module.Sessions;
        return queries.QueryAsync<IReadOnlyList<SessionEntry>>(
            (snapshot, topics) =>
            {
                topics.Add(StateTopic.ForKey(tables.NodeTopics, key));
                return snapshot.Scan(tables.ByNode, key).ToList();
            },
            SameList,
            options,
            cancellationToken);
    }

    private static bool AreSame(SessionEntry? a, SessionEntry? b) =>
        ReferenceEquals(a, b) || (a is not null && b is not null && a.Id == b.Id && a.ModifyIndex == b.ModifyIndex);

    private static SessionRefusedException Refused(SessionResult result, string message) =>
        new(result.Refusal, result.Subject, message);

    private SessionEntry ToEntry(SessionCreation creation)
    {
        if (creation.Lease < TimeSpan.Zero || creation.LockDelay < TimeSpan.Zero)
        {
            throw KeyValueValidator.Invalid("Lease and LockDelay of a session cannot be negative.");
        }

        if (creation.Lease > ClusterTimes.LongestAsked || creation.LockDelay > ClusterTimes.LongestAsked)
        {
            throw KeyValueValidator.Invalid(
                $"Lease and LockDelay of a session cannot be longer than {ClusterTimes.LongestAsked.Days} days.");
        }

        IEnumerable<string?> texts =
            [.. creation.NodeChecks, .. creation.ServiceChecks ?? [], .. creation.Checks, creation.Name, creation.Node ?? ""];
        foreach (string? text in texts)
        {
            if (text is null || text.Contains('\0'))
            {
                throw KeyValueValidator.Invalid("The names of a session, its node and its checks cannot be null or have U+0000 in them.");
            }
        }

        return new SessionEntry
        {
            Id = creation.Id == Guid.Empty ? identity.NewId() : creation.Id,
            Name = creation.Name,
            Node = creation.Node ?? identity.Node,
            LockDelay = creation.LockDelay,
            Behavior = creation.Behavior,
            TimeToLive = creation.TimeToLive ?? SessionText.TimeToLive(creation.Lease),
            Lease = creation.Lease,
            NodeChecks = [.. creation.NodeChecks],
            ServiceChecks = creation.ServiceChecks is { } checks ? [.. checks] : null,
            Checks = [.. creation.Checks],
            IsGuarded = creation.IsGuarded && creation.Lease > TimeSpan.Zero,
        };
    }
}
