namespace Discovery.Simulation;

/// <summary>Something was seen that must not be.</summary>
internal sealed class SimulationFailure(string checker, string message) : Exception($"{checker}: {message}")
{
    public string Checker { get; } = checker;
}
