using System.Diagnostics.Metrics;
using Discovery.Protocol;

namespace Discovery.Autopilot;

/// <summary>The numbers of the members, on their leader.</summary>
internal sealed class AutopilotMetrics
{
    private readonly Counter<long> _changes;
    private readonly Gauge<int> _members;

    public AutopilotMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create("Discovery.Raft");
        _changes = meter.CreateCounter<long>(
            "discovery.raft.members.changes", "{change}", "Changes of members that the leader made by its rules, by kind.");
        _members = meter.CreateGauge<int>("discovery.raft.members.count", "{server}", "Members, by role, as their leader has them.");
    }

    public void Changed(ChangeKind kind) => _changes.Add(1, new KeyValuePair<string, object?>("kind", kind switch
    {
        ChangeKind.Join => "join",
        ChangeKind.Promotion => "promotion",
        _ => "removal",
    }));

    public void Count(RaftConfiguration configuration)
    {
        foreach (MemberRole role in Enum.GetValues<MemberRole>())
        {
            _members.Record(
                configuration.Members.Count(member => member.Role == role),
                new KeyValuePair<string, object?>("role", role switch
                {
                    MemberRole.Learner => "learner",
                    MemberRole.Voter => "voter",
                    _ => "witness",
                }));
        }
    }
}
