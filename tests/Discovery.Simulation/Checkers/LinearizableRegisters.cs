using Discovery.Testing;

namespace Discovery.Simulation;

/// <summary>All writes and reads, those under a lease too, could have happened one at a time.</summary>
internal static class LinearizableRegisters
{
    private const long StepsMax = 2_000_000;

    public static void Check(ClientHistory history)
    {
        Discovery.Testing.CheckResult result = LinearizabilityChecker.Check(history.Operations, new KeyValueModel(), StepsMax);
        if (result.Verdict != CheckVerdict.Ok)
        {
            throw new SimulationFailure(nameof(LinearizableRegisters), $"{result.Verdict}: {result.Report}");
        }
    }
}
