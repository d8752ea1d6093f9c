namespace Discovery.Architecture;

/// <summary>What the design allows one shipped package: whom it sees, its folders, its event ids.</summary>
internal sealed record Package(string Name, string[] References, int FirstEventId, string[] Folders)
{
    public const int EventIdsPerPackage = 1000;

    /// <summary>Those of the folders that are layers, lowest first: none sees one above it.</summary>
    public string[] Layers { get; init; } = [];

    /// <summary>The table of the design; a new package or folder is a new word here.</summary>
    public static readonly Package[] All =
    [
        new("Discovery.Core", [], 1000,
        [
            "DependencyInjection", "Catalog", "Health", "Agent", "Acl", "PreparedQueries", "Events", "Filtering", "Queries", "State",
            "Replication", "Membership", "Rpc", "Wire", "Runtime", "Coordinates", "Snapshots",
        ]),
        new("Discovery.KeyValue", ["Discovery.Core"], 2000,
            ["DependencyInjection", "KeyValue", "Transactions", "Sessions", "Locks", "Configuration"]),
        new("Discovery.Raft", ["Discovery.Core"], 3000,
            ["DependencyInjection", "Protocol", "Driver", "Storage", "Transport", "Autopilot"])
        {
            Layers = ["Protocol", "Storage", "Transport", "Driver", "Autopilot"],
        },
        new("Discovery.Gossip", ["Discovery.Core"], 4000,
            ["DependencyInjection", "Protocol", "Serf", "Coordinates", "Driver", "Transport", "Keyring"]),
        new("Discovery.Dns", ["Discovery.Core"], 5000, ["DependencyInjection", "Wire", "Answering", "Server"]),
        new("Discovery.Http", ["Discovery.Core", "Discovery.KeyValue"], 6000,
        [
            "DependencyInjection", "Hosting", "Infrastructure", "Dashboard", "Agent", "Catalog", "Health", "KeyValue", "Sessions",
            "Transactions", "Events", "PreparedQueries", "Acl", "Operator", "Status", "Coordinates", "Internal", "Telemetry",
            "Snapshots",
        ]),
    ];

    /// <summary>Linked source, internal in each package that compiles it.</summary>
    public static readonly string[] SharedFolders = ["Wire", "Sockets", "Streams", "Rpc", "Consul", "ConsulKeys"];

    public static Package? Find(string name) => Array.Find(All, package => package.Name == name);

    /// <summary>The package that a file under src/ belongs to; null for shared source and for anything else.</summary>
    public static Package? Of(SourceFile file) => file.Segments is ["src", var name, _, ..] ? Find(name) : null;
}
