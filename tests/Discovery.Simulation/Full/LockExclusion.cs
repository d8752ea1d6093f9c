using Discovery.Testing;

namespace Discovery.Simulation;

/// <summary>Nobody believes that he holds the lock while another does, and no write with an old fence is taken.</summary>
internal sealed class LockExclusion(FullWorld world)
{
    private readonly List<Tenure> _tenures = [];
    private readonly List<FencedWrite> _writes = [];

    public Tenure Begin(NodeLife life, LockFence fence)
    {
        world.Coverage.Count("locks held");
        world.Trace.Line($"{life.Node.Name} holds the lock, fence {fence.AcquireIndex}");
        var tenure = new Tenure(life, (long)fence.AcquireIndex, world.Now);
        _tenures.Add(tenure);
        return tenure;
    }

    public void OnWritten(LockFence fence, ulong index) =>
        _writes.Add(new FencedWrite((long)fence.AcquireIndex, TimeSpan.FromTicks((long)index), Accepted: true));

    /// <summary>A process ends, and believes nothing any more.</summary>
    public void OnEnd(NodeLife life)
    {
        foreach (Tenure tenure in _tenures)
        {
            if (tenure.Life == life)
            {
                tenure.End();
            }
        }
    }

    public void Finish()
    {
        // A holder whose clock stood still believes longer than its lease lasts; its writes are refused all the same.
        IEnumerable<Holding> holdings = _tenures.Where(static tenure => !tenure.Life.HasClockStopped)
            .Select(static tenure => tenure.ToHolding());
        Testing.CheckResult result = ExclusionChecker.Check(holdings, _writes);
        if (result.Verdict != CheckVerdict.Ok)
        {
            throw new SimulationFailure(nameof(LockExclusion), result.Report);
        }
    }

    /// <summary>A time in which one process believes that it holds the lock.</summary>
    internal sealed class Tenure(NodeLife life, long fence, TimeSpan acquired)
    {
        private TimeSpan? _ended;

        public NodeLife Life => life;

        public void End()
        {
            TimeSpan awake = life.AwakeAt;
            _ended ??= awake > acquired ? awake : acquired;
        }

        public Holding ToHolding() => new(life.Node.Name, fence, acquired, _ended);
    }
}
