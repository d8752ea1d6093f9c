using Discovery.Storage;

namespace Discovery.Driver;

/// <summary>Where a server keeps what it must not forget.</summary>
internal sealed record ServerPlace(IDisk Disk, string DataDirectory);
