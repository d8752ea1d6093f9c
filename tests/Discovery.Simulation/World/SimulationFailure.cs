using System.Globalization;

namespace Discovery.Simulation;

/// <summary>Something was seen that must not be.</summary>
internal sealed class SimulationFailure(string checker, string message) : Exception($"{checker}: {message}")
{
    public string Checker { get; } = checker;

    /// <summary>What ended a seed: what a checker found, or with its stack whatever else was thrown.</summary>
    public static string Tell(Exception exception, TimeSpan at) => string.Create(
        CultureInfo.InvariantCulture,
        $"at {at.TotalSeconds:F3} s: {exception.GetType().Name}: {(exception is SimulationFailure ? exception.Message : exception)}");
}
