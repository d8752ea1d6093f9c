namespace Discovery.Simulation;

/// <summary>One seed of whole nodes, run to its end or to its failure.</summary>
internal static class FullRun
{
    /// <summary>What no set of seeds may be without.</summary>
    public static readonly string[] Wanted =
    [
        "acknowledged writes", "catch-ups in the liveness phase", "changes of members", "changes watched", "clock changes",
        "consistent reads elsewhere", "consistent reads on the leader", "crashes after sync", "crashes after write",
        "crashes before sync", "crashes before write", "crashes in calls that change names", "damaged disks refused",
        "default reads elsewhere", "default reads on the leader", "disk stalls", "disks damaged", "disks replaced", "elections won",
        "forwarded, outcome unknown", "full disks", "full partitions", "leases expired", "locks held", "locks lost", "locks taken away",
        "nodes behind with reading", "nodes faulted by their disk", "one-way partitions", "partial partitions", "power failures",
        "power losses after an acknowledgement", "processes killed", "processes stopped", "processes suspended", "promotions",
        "proposals forwarded", "reads that wait", "renewals forwarded", "snapshots installed", "snapshots taken", "states restored",
        "stories of FallenBehind", "stories of LateAnswer", "stories of OldOffice", "stories of TwoSenders",
        "syncs that fail", "unknown outcomes", "watches begun again", "writes refused", "writes with old fences refused",
    ];

    public static SimulationRun Of(ulong seed, int traceLines = 0)
    {
        FullOptions options = FullOptions.FromSeed(seed);
        var world = new FullWorld(seed, options, traceLines);
        string? failure = null;
        try
        {
            world.Run();
        }
        catch (Exception exception)
        {
            failure = SimulationFailure.Tell(exception, world.Now);
        }

        return new SimulationRun(seed, options, world.Kernel.Scheduler.ScheduleHash, failure, world.Coverage, world.Kernel.Scheduler.Steps)
        {
            Trace = [.. world.Trace.Lines],
        };
    }
}
