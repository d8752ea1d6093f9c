namespace Discovery.Protocol;

/// <summary>A configuration and the entry that brought it; index 0 is the one that a log begins with.</summary>
internal sealed record ConfigurationEntry(ulong Index, RaftConfiguration Configuration);
