namespace Discovery;

/// <summary>The node that a log is of.</summary>
/// <param name="NodeName">Its name.</param>
/// <param name="NodeId">Its id.</param>
/// <param name="Datacenter">Its datacenter.</param>
/// <param name="Address">The address at which others reach it.</param>
public sealed record CommandLogHost(string NodeName, Guid NodeId, string Datacenter, string Address);
