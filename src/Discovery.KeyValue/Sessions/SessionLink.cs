namespace Discovery.Sessions;

/// <summary>A session that ends with a check.</summary>
internal sealed record SessionLink(string Node, string Check, Guid Session);
