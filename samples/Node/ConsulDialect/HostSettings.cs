using System.Net;

namespace Discovery.Node.ConsulDialect;

/// <summary>What of the configuration concerns the process around the node.</summary>
internal sealed record HostSettings
{
    public bool IsDev { get; init; }

    /// <summary>Whether the node is to be no server.</summary>
    public bool IsClient { get; init; }

    /// <summary>Whether the node's log is kept in its data directory.</summary>
    public bool IsDurable { get; init; }

    /// <summary>Where the HTTP API listens; empty when it does not.</summary>
    public IReadOnlyList<ListenAddress> Http { get; init; } = [];

    /// <summary>Where DNS listens; empty when it does not.</summary>
    public IReadOnlyList<ListenAddress> Dns { get; init; } = [];

    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    public string? PidFile { get; init; }

    public UnixFileMode? SocketMode { get; init; }

    /// <summary>Whether an interrupt takes the node's entries out before the process ends, and the process ends with 0.</summary>
    public bool LeavesOnInterrupt { get; init; }

    /// <summary>The same for a termination signal.</summary>
    public bool LeavesOnTerminate { get; init; }

    /// <summary>What to show at the start, in order.</summary>
    public IReadOnlyList<(string Name, string Value)> Banner { get; init; } = [];
}

/// <summary>One place to listen at: an address and a port, or a socket file. <see cref="Key"/> is what configures it.</summary>
internal sealed record ListenAddress(IPEndPoint? EndPoint, string? SocketPath, string Key)
{
    public override string ToString() => EndPoint?.ToString() ?? $"unix://{SocketPath}";
}
