namespace Discovery;

/// <summary>Who belongs to the cluster: the seam that gossip plugs into.</summary>
/// <remarks>
/// Without a package that gossips, the node is its own and only member. Another implementation replaces it when it is in the app's
/// services before the node's own parts are added, or replaces their registration. The leader writes what the LAN members are into the
/// catalog, so that each alive member is a node with a passing check <c>serfHealth</c>, and each server an instance of service
/// <c>consul</c>.
/// </remarks>
public interface IMembershipSource
{
    /// <summary>The members of this datacenter, this node among them, by name; another list after each change.</summary>
    IReadOnlyList<Member> Members { get; }

    /// <summary>The servers of all datacenters, by name; another list after each change. Empty where there is no such pool.</summary>
    IReadOnlyList<Member> WanMembers { get; }

    /// <summary>Waits until <see cref="Members"/> is another list.</summary>
    /// <param name="seen">The list that was read last.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask WaitForChangeAsync(IReadOnlyList<Member> seen, CancellationToken cancellationToken = default);

    /// <summary>Makes contact with nodes, so that this one and their cluster are one.</summary>
    /// <param name="addresses">Addresses, each with or without a port.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many of the addresses were reached: at least one.</returns>
    /// <exception cref="DiscoveryException">
    /// None was reached (<see cref="DiscoveryError.PeerUnreachable"/>); one line per address.
    /// </exception>
    ValueTask<int> JoinAsync(IReadOnlyList<string> addresses, MemberPool pool, CancellationToken cancellationToken = default);

    /// <summary>Says goodbye to all pools: the others list this node as one that has left.</summary>
    /// <param name="cancellationToken">Gives up waiting for the others to hear it.</param>
    ValueTask LeaveAsync(CancellationToken cancellationToken = default);

    /// <summary>Declares a failed member to have left. One that is alive says otherwise, and stays.</summary>
    /// <param name="node">The member's name.</param>
    /// <param name="mode">Whether it stays listed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DiscoveryException">There is no such member (<see cref="DiscoveryError.NotFound"/>).</exception>
    ValueTask ForceLeaveAsync(string node, ForceLeaveMode mode, CancellationToken cancellationToken = default);
}
