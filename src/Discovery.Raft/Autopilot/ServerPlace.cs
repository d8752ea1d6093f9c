using Discovery.Storage;

namespace Discovery.Autopilot;

/// <summary>Where a server keeps what it must not forget.</summary>
internal sealed record ServerPlace(IDisk Disk, string DataDirectory);
