namespace Discovery.Sessions;

/// <summary>What a session gets when its creator leaves it out.</summary>
/// <param name="Node">This node's name.</param>
/// <param name="NewId">Makes ids.</param>
internal sealed record SessionIdentity(string Node, Func<Guid> NewId);
