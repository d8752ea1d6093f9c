using System.Diagnostics.Metrics;
using Discovery.Protocol;

namespace Discovery.Autopilot;

/// <summary>The numbers of the members, on their leader.</summary>
internal sealed class AutopilotMetrics
{
    private readonly Counter<long> _changes;
    private readonly Gauge<int> _members;
    private readonly Gauge<int> _singleCopy;

    public AutopilotMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create("Discovery.Raft");
        _changes = meter.CreateCounter<long>(
            "discovery.raft.members.changes", "{change}", "Changes of members that the leader made by its rules, by kind.");
        _members = meter.CreateGauge<int>("discovery.raft.members.count", "{server}", "Members, by role, as their leader has them.");
        _singleCopy = meter.CreateGauge<int>(
            "discovery.raft.members.single_copy", "{state}",
            "1 while what is committed is in full on this leader's disk only, beside a witness; 0 otherwise.");
    }

    public void Changed(ChangeKind kind) => _changes.Add(1, new KeyValuePair<string, object?>("kind", kind switch
    {
        ChangeKind.Join => "join",
        ChangeKind.Promotion => "promotion",
        _ => "removal",
    }));

    public void SingleCopy(bool isSingle) => _singleCopy.Record(isSingle ? 1 : 0);

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
