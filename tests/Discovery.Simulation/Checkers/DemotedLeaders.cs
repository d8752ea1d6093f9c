using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>A leader whom a committed configuration leaves out or makes a learner does not go on leading (thesis, 4.2.2).</summary>
internal sealed class DemotedLeaders(World world)
{
    // One that was suspended takes some steps until it has been asked what is to be done.
    private const int StepsMax = 200;
    private static readonly TimeSpan s_timeMax = TimeSpan.FromSeconds(2);

    private readonly Dictionary<int, (ulong Term, TimeSpan Since, int Steps)> _seen = [];

    public void OnStep(Server server)
    {
        RaftCore core = server.Core!;
        bool isUnfit = core.Role == RaftRole.Leader && core.IsConfigurationCommitted && !core.Configuration.IsJoint
            && !core.Configuration.MayLead(core.Self);
        if (!isUnfit)
        {
            _seen.Remove(server.Number);
            return;
        }

        bool isKnown = _seen.TryGetValue(server.Number, out (ulong Term, TimeSpan Since, int Steps) seen) && seen.Term == core.Term;
        seen = isKnown ? seen with { Steps = seen.Steps + 1 } : (core.Term, world.Events.Now, 0);
        _seen[server.Number] = seen;
        if (seen.Steps > StepsMax && world.Events.Now - seen.Since > s_timeMax)
        {
            throw new SimulationFailure(nameof(DemotedLeaders), $"s{server.Number} leads in term {core.Term}, and is no voter any more");
        }
    }
}
