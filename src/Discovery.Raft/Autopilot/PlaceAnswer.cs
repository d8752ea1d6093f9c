using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>What came of asking at one address.</summary>
/// <param name="Place">The address.</param>
/// <param name="Hello">The answer; null when there was none.</param>
/// <param name="Reason">Why there was none.</param>
internal readonly record struct PlaceAnswer(PeerAddress Place, Hello? Hello, string? Reason);
