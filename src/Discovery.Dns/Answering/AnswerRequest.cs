namespace Discovery.Answering;

/// <summary>What the answer depends on beside the packet and the catalog.</summary>
/// <param name="IsTcp">The reply goes out over TCP.</param>
/// <param name="UdpBytesMax">The largest reply over UDP to this client, whatever it allows.</param>
/// <param name="UnixSeconds">The time: the serial of the zone.</param>
/// <param name="IsLeaderless">No leader is known and the options want one: what the catalog would say is not told.</param>
/// <param name="Seed">Decides every random choice; 0 for the next one of the worker.</param>
internal readonly record struct AnswerRequest(bool IsTcp, int UdpBytesMax, long UnixSeconds, bool IsLeaderless = false, ulong Seed = 0);
