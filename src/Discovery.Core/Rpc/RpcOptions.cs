namespace Discovery;

/// <summary>Calls between nodes. Configuration section <c>Discovery:Rpc</c>; all of it is read at start.</summary>
/// <remarks>Nothing listens unless the node was given a server by <c>AddRpcServer</c>; every node can call others.</remarks>
public sealed class RpcOptions
{
    /// <summary>The IP address to listen on.</summary>
    /// <remarks>
    /// Whoever reaches the port can read and write everything, and there is no encryption yet: give it an address of a network that only
    /// the cluster's machines are in.
    /// </remarks>
    /// <value>127.0.0.1.</value>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port; 0 takes any free one, told by <see cref="IRpcServer"/>.</summary>
    /// <value>Null: <see cref="NodeOptions.ServerPort"/>, which is what members are told.</value>
    public int? Port { get; set; }

    /// <summary>How long a connection may take to say its first byte.</summary>
    /// <value>Five seconds.</value>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many connections are served at once; more are closed at once.</summary>
    /// <value>4,096.</value>
    public int ConnectionsMax { get; set; } = 4096;

    /// <summary>How many connections one client address may have; more are closed at once.</summary>
    /// <value>100.</value>
    public int ConnectionsPerClientMax { get; set; } = 100;

    /// <summary>How many streams one connection may have open; more are reset.</summary>
    /// <value>16,384.</value>
    public int StreamsPerConnectionMax { get; set; } = 16_384;

    /// <summary>How many streams all connections together may have open; more are reset.</summary>
    /// <value>131,072.</value>
    public int StreamsMax { get; set; } = 131_072;

    /// <summary>How many bytes of one connection may wait to be worked on; more end the connection.</summary>
    /// <value>64 MiB.</value>
    public int ConnectionBytesMax { get; set; } = 64 * 1024 * 1024;

    /// <summary>How many calls are worked on at once, those that wait for a change among them; more are refused.</summary>
    /// <value>65,536.</value>
    public int RequestsMax { get; set; } = 65_536;

    /// <summary>The longest call, and the longest reply; a longer call ends its stream.</summary>
    /// <value>32 MiB.</value>
    public int RequestBytesMax { get; set; } = 32 * 1024 * 1024;

    /// <summary>How many bytes of calls and replies are held at once, over all connections; what needs more is refused.</summary>
    /// <value>512 MiB.</value>
    public long HeldBytesMax { get; set; } = 512L * 1024 * 1024;

    /// <summary>How long a call that has begun may take to arrive as a whole, and each part of a reply to be taken.</summary>
    /// <value>One minute.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a call is held while no leader is known.</summary>
    /// <value>Seven seconds.</value>
    public TimeSpan HoldTimeout { get; set; } = TimeSpan.FromSeconds(7);

    /// <summary>How long a blocking query waits that does not say.</summary>
    /// <value>Five minutes.</value>
    public TimeSpan DefaultQueryTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest a blocking query waits, whatever it says.</summary>
    /// <value>Ten minutes.</value>
    public TimeSpan MaxQueryTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long connecting to another node may take.</summary>
    /// <value>Ten seconds.</value>
    public TimeSpan DialTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection to another node is kept that no call uses.</summary>
    /// <value>127 seconds.</value>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(127);
}
