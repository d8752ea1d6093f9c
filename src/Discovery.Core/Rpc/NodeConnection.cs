using System.Net;

namespace Discovery;

/// <summary>A connection between two nodes, whose first byte has been said.</summary>
public sealed class NodeConnection : IAsyncDisposable
{
    private readonly Action? _abort;

    /// <summary>Creates a connection over a stream; tests put one in memory in place.</summary>
    /// <param name="stream">Reads and writes; disposed with the connection.</param>
    /// <param name="remote">The other side's address.</param>
    /// <param name="abort">Cuts the connection at once; null to dispose the stream.</param>
    public NodeConnection(Stream stream, IPEndPoint remote, Action? abort = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(remote);
        Stream = stream;
        Remote = remote;
        _abort = abort;
    }

    /// <summary>What the two sides say to each other; one reader and one writer at a time.</summary>
    public Stream Stream { get; }

    /// <summary>The other side's address.</summary>
    public IPEndPoint Remote { get; }

    /// <summary>Cuts the connection at once, whatever is still on its way; from any thread.</summary>
    public void Abort()
    {
        if (_abort is null)
        {
            Stream.Dispose();
            return;
        }

        _abort();
    }

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
