namespace Discovery;

/// <summary>A service and what its instances are tagged with.</summary>
/// <param name="Name">The name.</param>
/// <param name="Tags">The union of the tags of all instances, in ordinal order.</param>
/// <param name="InstanceCount">How many instances there are.</param>
public sealed record ServiceSummary(string Name, IReadOnlyList<string> Tags, int InstanceCount);
