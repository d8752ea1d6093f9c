namespace Discovery.Simulation;

/// <summary>Where the nodes are: a renewal finds its leader by it.</summary>
internal sealed class NodeMembers(FullWorld world) : IMembershipSource
{
    public IReadOnlyList<Member> Members { get; } =
    [
        .. world.Nodes.Select(static node => new Member
        {
            Name = node.Name,
            Address = node.Name,
            Tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["port"] = "8300" },
        }),
    ];

    public IReadOnlyList<Member> WanMembers => [];

    public ValueTask WaitForChangeAsync(IReadOnlyList<Member> seen, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask<int> JoinAsync(IReadOnlyList<string> addresses, MemberPool pool, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask LeaveAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask ForceLeaveAsync(string node, ForceLeaveMode mode, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();
}
