using Discovery.Wire;

namespace Discovery.Sessions;

/// <summary>How sessions are written for people and for Consul's clients.</summary>
internal static class SessionText
{
    /// <summary>A lease as a Go duration, empty for none.</summary>
    public static string TimeToLive(TimeSpan lease) => lease == TimeSpan.Zero ? "" : GoDuration.Format(lease);
}
