namespace Discovery.Health;

/// <summary>The health that an alias check takes over. Pure.</summary>
internal static class AliasEvaluation
{
    public static CheckResult Evaluate(AliasTarget target, AliasView view)
    {
        if (!view.Found)
        {
            return CheckResult.Critical(target.ServiceId is null
                ? $"Node {view.Node} could not be found" : $"Service {target.ServiceId} could not be found on node {view.Node}");
        }

        if (view.Checks.Count == 0)
        {
            return CheckResult.Passing("No checks found.");
        }

        AliasedCheck worst = view.Checks[0];
        foreach (AliasedCheck check in view.Checks)
        {
            worst = check.Status > worst.Status ? check : worst;
        }

        return worst.Status == CheckStatus.Passing
            ? CheckResult.Passing("All checks passing.")
            : new CheckResult(worst.Status, $"Aliased check \"{worst.Name}\" failing: {worst.Output}");
    }
}
