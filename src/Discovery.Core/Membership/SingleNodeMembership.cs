using System.Globalization;
using System.Net;
using Discovery.Agent;

namespace Discovery.Membership;

/// <summary>The membership of a node that gossips with nobody: it is its own and only member.</summary>
internal sealed class SingleNodeMembership : IMembershipSource
{
    private volatile Pools _pools;

    public SingleNodeMembership(AgentIdentity identity, NodeOptions options)
    {
        bool hasWan = options.SerfWanPort >= 0;
        var lan = new Member
        {
            Name = identity.Name,
            Address = identity.Address,
            Port = options.SerfLanPort,
            Status = MemberStatus.Alive,
            Tags = MemberTags.OfServer(identity, options, hasWan ? options.SerfWanPort : null),
        };
        Member wan = lan with
        {
            Name = $"{identity.Name}.{identity.Datacenter}",
            Address = identity.WanAddress,
            Port = options.SerfWanPort,
            Tags = MemberTags.OfServer(identity, options, null),
        };
        _pools = new Pools([lan], hasWan ? [wan] : []);
    }

    public IReadOnlyList<Member> Members => _pools.Lan;

    public IReadOnlyList<Member> WanMembers => _pools.Wan;

    public async ValueTask WaitForChangeAsync(IReadOnlyList<Member> seen, CancellationToken cancellationToken = default)
    {
        Pools pools = _pools;
        if (ReferenceEquals(pools.Lan, seen))
        {
            await pools.Changed.Task.WaitAsync(cancellationToken);
        }
    }

    public ValueTask<int> JoinAsync(IReadOnlyList<string> addresses, MemberPool pool, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        IReadOnlyList<Member> members = pool == MemberPool.Wan ? _pools.Wan : _pools.Lan;
        int reached = addresses.Count(address => members.Any(member => IsAddressOf(address, member)));
        if (reached > 0)
        {
            return ValueTask.FromResult(reached);
        }

        string[] reasons =
        [
            .. addresses.Select(static address => $"Failed to join {address}: this node gossips with nobody"),
        ];
        throw new DiscoveryException(
            DiscoveryError.PeerUnreachable, reasons.Length > 0 ? string.Join('\n', reasons) : "There is no address to join.");
    }

    public ValueTask LeaveAsync(CancellationToken cancellationToken = default)
    {
        Pools before = _pools;
        _pools = new Pools(
            [.. before.Lan.Select(static member => member with { Status = MemberStatus.Left })],
            [.. before.Wan.Select(static member => member with { Status = MemberStatus.Left })]);
        before.Changed.TrySetResult();
        return ValueTask.CompletedTask;
    }

    public ValueTask ForceLeaveAsync(string node, ForceLeaveMode mode, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        return string.Equals(node, _pools.Lan[0].Name, StringComparison.Ordinal)
            ? ValueTask.CompletedTask
            : throw new DiscoveryException(DiscoveryError.NotFound, $"No node found with name '{node}'");
    }

    // The own address counts as reached, as it does in Serf, whether by the advertised address or over loopback.
    private static bool IsAddressOf(string address, Member member)
    {
        (string host, int port) = address.LastIndexOf(':') is var colon and > 0
            && int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int given)
            && (address.IndexOf(':', StringComparison.Ordinal) == colon || address[colon - 1] == ']')
            ? (address[..colon], given)
            : (address, member.Port);
        host = host.Trim('[', ']');
        return port == member.Port && (string.Equals(host, member.Address, StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out IPAddress? ip) && IPAddress.IsLoopback(ip)));
    }

    private sealed record Pools(IReadOnlyList<Member> Lan, IReadOnlyList<Member> Wan)
    {
        public TaskCompletionSource Changed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
