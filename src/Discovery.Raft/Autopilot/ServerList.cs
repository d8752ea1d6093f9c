using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>The other servers as this one sees them: who they are, where they were last, and whether they answer.</summary>
/// <remarks>
/// Servers are told apart by their node ids; where one is, it says itself. So a server that has moved is found by anybody that it reaches,
/// and by whom those tell.
/// </remarks>
internal sealed class ServerList : IServerDirectory
{
    /// <summary>The most servers, and the most places that were only told of, that are kept in mind.</summary>
    public const int ServersMax = 1024;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<Guid, HeardServer> _heard = [];
    private readonly SortedDictionary<Guid, PeerAddress> _told = [];
    private IReadOnlyList<KnownServer> _servers = [];
    private IReadOnlyList<HeardServer> _current = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where connections to members go.</summary>
    public StaticPeerDirectory Addresses { get; } = new();

    public IReadOnlyList<KnownServer> Servers => Volatile.Read(ref _servers);

    /// <summary>The others, by their ids.</summary>
    public IReadOnlyList<HeardServer> Heard => Volatile.Read(ref _current);

    public async ValueTask WaitForChangeAsync(IReadOnlyList<KnownServer> seen, CancellationToken cancellationToken = default)
    {
        Task changed;
        lock (_lock)
        {
            if (!ReferenceEquals(seen, _servers))
            {
                return;
            }

            changed = _changed.Task;
        }

        await changed.WaitAsync(cancellationToken);
    }

    /// <summary>A server has answered at an address.</summary>
    public void Answered(Hello hello, PeerAddress address, long now)
    {
        Addresses.Set(hello.From.Node, address);
        Change(() =>
        {
            bool isKnown = _heard.TryGetValue(hello.From.Node, out HeardServer? before) && before.Id == hello.From;
            if (_heard.Count < ServersMax || before is not null)
            {
                _heard[hello.From.Node] = new HeardServer
                {
                    Id = hello.From,
                    Name = hello.Name,
                    Cluster = hello.Cluster,
                    Address = address,
                    IsWitness = hello.IsWitness,
                    MemberAt = hello.MemberAt,
                    HeardAt = now,
                    IsAlive = true,
                    HasLeft = isKnown && before!.HasLeft,
                };
            }
        });
    }

    /// <summary>Somebody says where a server is: it is asked there too, and connected to there while it answers nowhere else.</summary>
    public void Told(Guid node, PeerAddress address)
    {
        lock (_lock)
        {
            if (_told.Count < ServersMax || _told.ContainsKey(node))
            {
                _told[node] = address;
            }

            if (!_heard.TryGetValue(node, out HeardServer? server) || !server.IsAlive)
            {
                Addresses.Set(node, address);
            }
        }
    }

    /// <summary>A server that was a member was removed: where nobody heard it, it is shown as one that has left all the same.</summary>
    public void Departed(VoterId id, string name, PeerAddress address, long now) => Change(() =>
    {
        if (_heard.TryGetValue(id.Node, out HeardServer? server))
        {
            _heard[id.Node] = server with { HasLeft = true };
        }
        else if (_heard.Count < ServersMax)
        {
            _heard[id.Node] = new HeardServer
            {
                Id = id,
                Name = name,
                Cluster = Guid.Empty,
                Address = address,
                IsWitness = false,
                MemberAt = LogPosition.Zero,
                HeardAt = now,
                IsAlive = false,
                HasLeft = true,
            };
        }
    });

    /// <summary>Those not heard for long do not answer any more; those that were members and are none any more have left.</summary>
    /// <param name="isLong">Whether a time ago is too long ago.</param>
    /// <param name="isOver">Whether it is so long ago that one who has left is forgotten.</param>
    /// <param name="members">The members as this server's log has them.</param>
    public void Settle(Func<long, bool> isLong, Func<long, bool> isOver, MemberList members) => Change(() =>
    {
        foreach (HeardServer server in _heard.Values.ToArray())
        {
            RaftConfiguration configuration = members.Configuration;
            bool isMember = configuration.Members.IsEmpty || configuration.Contains(server.Id);
            HeardServer next = server with
            {
                IsAlive = server.IsAlive && !isLong(server.HeardAt),
                HasLeft = !isMember && (server.HasLeft || members.Removed.Contains(server.Id)),
            };
            if (!isMember && !next.IsAlive && isOver(server.HeardAt))
            {
                _heard.Remove(server.Id.Node);
                _told.Remove(server.Id.Node);
                Addresses.Remove(server.Id.Node);
            }
            else if (next != server)
            {
                _heard[server.Id.Node] = next;
            }
        }
    });

    /// <summary>Where to ask, besides the list that was given: where somebody was, or is said to be who does not answer.</summary>
    public IReadOnlyList<PeerAddress> Places()
    {
        lock (_lock)
        {
            return
            [
                .. _heard.Values.Where(static server => server.IsAlive || !server.HasLeft)
                    .Select(static server => server.Address),
                .. _told.Where(told => !_heard.TryGetValue(told.Key, out HeardServer? server) || !server.IsAlive)
                    .Select(static told => told.Value),
            ];
        }
    }

    /// <summary>What others are told: who answers, and where.</summary>
    public IReadOnlyList<KnownPeer> Known() =>
    [
        .. Heard.Where(static server => server.IsAlive).Take(Hello.KnownMax)
            .Select(static server => new KnownPeer(server.Id, server.Name, server.Address)),
    ];

    private void Change(Action change)
    {
        TaskCompletionSource? over = null;
        lock (_lock)
        {
            change();
            Volatile.Write(ref _current, [.. _heard.Values]);

            // A name that two have had is that of the one who answers.
            KnownServer[] now =
            [
                .. _heard.Values.GroupBy(static server => server.Name, StringComparer.OrdinalIgnoreCase)
                    .Select(static same => same.OrderByDescending(static server => server.IsAlive)
                        .ThenByDescending(static server => server.HeardAt).First().ToKnown())
                    .OrderBy(static server => server.Name, StringComparer.Ordinal),
            ];
            if (!now.SequenceEqual(_servers))
            {
                Volatile.Write(ref _servers, now);
                over = _changed;
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        over?.TrySetResult();
    }
}
