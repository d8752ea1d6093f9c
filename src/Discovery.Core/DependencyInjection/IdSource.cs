namespace Discovery.DependencyInjection;

/// <summary>Makes identities; a simulator puts its own in place.</summary>
internal sealed record IdSource(Func<Guid> NewId);
