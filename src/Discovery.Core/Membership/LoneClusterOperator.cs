using Discovery.Agent;

namespace Discovery.Membership;

/// <summary>The cluster of a node whose log nobody else keeps: it is its only voter, and stays that.</summary>
internal sealed class LoneClusterOperator(AgentIdentity identity, IMembershipSource membership, ICommandLog log, NodeRuntime runtime)
    : IClusterOperator
{
    private readonly DateTimeOffset _since = runtime.Time.GetUtcNow();

    public ClusterConfiguration Configuration
    {
        get
        {
            Member? member = membership.Members.FirstOrDefault(one => MemberTags.IdOf(one) == identity.Id);
            var server = new ClusterServer(
                identity.Id,
                identity.Name,
                member is null ? "" : MemberTags.AddressOf(member),
                ServerRole.Voter,
                log.Leadership.IsLeader);
            return new ClusterConfiguration([server], 0, IsChanging: false);
        }
    }

    public ValueTask<ClusterConfiguration> ReadConfigurationAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Configuration);

    public ValueTask<ClusterHealth> ReadHealthAsync(CancellationToken cancellationToken = default)
    {
        bool isHealthy = log.StateMachine.Fault is null && log.Leadership.IsLeader;
        var server = new ServerHealth
        {
            Server = Configuration.Servers[0],
            IsHealthy = isHealthy,
            Status = MemberStatus.Alive,
            LastContact = TimeSpan.Zero,
            LastTerm = (long)log.Leadership.Term,
            LastIndex = log.StateMachine.Current.Index,
            StableSince = _since,
        };
        return ValueTask.FromResult(new ClusterHealth(isHealthy, 0, IsSingleCopy: false, [server]));
    }

    public ValueTask RemoveServerAsync(Guid nodeId, CancellationToken cancellationToken = default) =>
        throw (nodeId == identity.Id
            ? Refused("it is the last voter")
            : new DiscoveryException(DiscoveryError.NotFound, $"There is no server {nodeId:D}.", WriteOutcome.NotApplied));

    public ValueTask TransferLeadershipAsync(Guid? nodeId = null, CancellationToken cancellationToken = default) =>
        nodeId is null || nodeId == identity.Id
            ? throw Refused("there is nobody else to lead")
            : throw new DiscoveryException(DiscoveryError.NotFound, $"There is no server {nodeId:D}.", WriteOutcome.NotApplied);

    public ValueTask LeaveAsync(CancellationToken cancellationToken = default) => throw Refused("it is the last voter");

    public ValueTask<RecoveryReport> RecoverAsync(string reason, CancellationToken cancellationToken = default) =>
        throw Refused("it leads: nothing is to be recovered from");

    private DiscoveryException Refused(string why) => new(
        DiscoveryError.InvalidRequest,
        $"The servers cannot be changed: node {identity.Name} keeps its log alone, without AddRaft, and {why}.",
        WriteOutcome.NotApplied);
}
