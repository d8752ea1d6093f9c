namespace Discovery.Answering;

/// <summary>What a name below the domain asks for.</summary>
internal enum NameKind
{
    /// <summary>Nothing that can exist.</summary>
    Unknown,

    /// <summary>The domain itself.</summary>
    Apex,

    /// <summary>A name that only has others below it, such as service.consul.</summary>
    Parent,

    /// <summary>A service.</summary>
    Service,

    /// <summary>A node.</summary>
    Node,

    /// <summary>An address written in hexadecimal.</summary>
    Address,

    /// <summary>Proxies, gateways and stored queries, of which this catalog has none.</summary>
    Absent,
}
