using System.Net;

namespace Discovery;

/// <summary>The port of this node that others call.</summary>
public interface IRpcServer
{
    /// <summary>Where it listens, with the real port; null until the node has started and after it has left.</summary>
    IPEndPoint? Endpoint { get; }
}
