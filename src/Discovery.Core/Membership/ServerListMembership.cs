using System.Globalization;
using Discovery.Catalog;

namespace Discovery.Membership;

/// <summary>This node and the servers that keep the log with it, where nobody gossips.</summary>
internal sealed class ServerListMembership(SingleNodeMembership own, IServerDirectory others) : IMembershipSource
{
    private readonly Lock _lock = new();
    private (IReadOnlyList<Member> Own, IReadOnlyList<KnownServer> Others) _seen = ([], []);
    private IReadOnlyList<Member> _members = [];

    public IReadOnlyList<Member> Members
    {
        get
        {
            lock (_lock)
            {
                (IReadOnlyList<Member>, IReadOnlyList<KnownServer>) now = (own.Members, others.Servers);
                if (!ReferenceEquals(now.Item1, _seen.Own) || !ReferenceEquals(now.Item2, _seen.Others) || _members.Count == 0)
                {
                    _seen = now;
                    Member self = now.Item1[0];
                    _members =
                    [
                        .. now.Item2.Select(server => Of(server, self)).Append(self)
                            .OrderBy(static member => member.Name, StringComparer.Ordinal),
                    ];
                }

                return _members;
            }
        }
    }

    public IReadOnlyList<Member> WanMembers => own.WanMembers;

    public async ValueTask WaitForChangeAsync(IReadOnlyList<Member> seen, CancellationToken cancellationToken = default)
    {
        (IReadOnlyList<Member> Own, IReadOnlyList<KnownServer> Others) before;
        lock (_lock)
        {
            if (!ReferenceEquals(seen, _members))
            {
                return;
            }

            before = _seen;
        }

        using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] changes =
        [
            own.WaitForChangeAsync(before.Own, round.Token).AsTask(), others.WaitForChangeAsync(before.Others, round.Token).AsTask(),
        ];
        await Task.WhenAny(changes);
        await round.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    public ValueTask<int> JoinAsync(IReadOnlyList<string> addresses, MemberPool pool, CancellationToken cancellationToken = default) =>
        own.JoinAsync(addresses, pool, cancellationToken);

    public ValueTask LeaveAsync(CancellationToken cancellationToken = default) => own.LeaveAsync(cancellationToken);

    public ValueTask ForceLeaveAsync(string node, ForceLeaveMode mode, CancellationToken cancellationToken = default) =>
        own.ForceLeaveAsync(node, mode, cancellationToken);

    // They run the same software with the same options: what is said of this node holds for them, but for who and where they are.
    private static Member Of(KnownServer server, Member self)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in self.Tags)
        {
            tags[name] = value;
        }

        tags[MemberTags.Id] = server.NodeId.ToString("D");
        tags[MemberTags.Port] = server.Port.ToString(CultureInfo.InvariantCulture);
        if (server.IsWitness)
        {
            tags[MemberTags.Witness] = "1";
        }

        return self with
        {
            Name = server.Name,
            Address = server.Address,
            Status = server.Status,
            Tags = StringMap.From(tags),
        };
    }
}
