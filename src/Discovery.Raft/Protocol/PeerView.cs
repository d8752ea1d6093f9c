namespace Discovery.Protocol;

/// <summary>What a leader knows of one of its peers.</summary>
/// <param name="Match">The end of what is known to be on its disk.</param>
/// <param name="Silence">How long it was not heard; null when it was not heard in this term.</param>
internal readonly record struct PeerView(LogPosition Match, TimeSpan? Silence);
