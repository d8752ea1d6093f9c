namespace Discovery;

/// <summary>How a check learns its status.</summary>
public enum CheckKind
{
    /// <summary>The definition names no way to learn a status.</summary>
    None = 0,

    /// <summary>A delegate inside this process is called.</summary>
    App,

    /// <summary>The standard gRPC health service is asked.</summary>
    Grpc,

    /// <summary>An HTTP request is sent.</summary>
    Http,

    /// <summary>The owner reports in time, or the check turns critical.</summary>
    Ttl,

    /// <summary>A TCP connection is opened.</summary>
    Tcp,

    /// <summary>A datagram is sent and must not be refused.</summary>
    Udp,

    /// <summary>The status of another service or node is taken over.</summary>
    Alias,

    /// <summary>A program is run.</summary>
    Script,

    /// <summary>An HTTP/2 PING frame is sent.</summary>
    H2Ping,
}
