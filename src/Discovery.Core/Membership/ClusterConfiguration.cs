namespace Discovery;

/// <summary>Who keeps the log.</summary>
/// <param name="Servers">The servers, by name.</param>
/// <param name="Index">The log's index of the change that made it so.</param>
/// <param name="IsChanging">Whether a change of voters is under way, and needs the majorities of before and after.</param>
public sealed record ClusterConfiguration(IReadOnlyList<ClusterServer> Servers, ulong Index, bool IsChanging);
