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

    /// <summary>How long connecting to another node may take.</summary>
    /// <value>Ten seconds.</value>
    public TimeSpan DialTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
