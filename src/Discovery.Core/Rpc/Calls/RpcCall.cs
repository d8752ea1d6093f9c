using System.Buffers;
using System.Net;

namespace Discovery;

/// <summary>One call of another node.</summary>
public sealed class RpcCall
{
    private readonly Func<TimeSpan, TimeSpan> _wait;

    internal RpcCall(ReadOnlyMemory<byte> body, IBufferWriter<byte> reply, string datacenter, Func<TimeSpan, TimeSpan> wait)
    {
        Body = body;
        Reply = reply;
        Datacenter = datacenter;
        _wait = wait;
    }

    /// <summary>What the caller sent: one MessagePack value, good until the method has ended.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Takes what the caller gets: one MessagePack value in the old format, without str8 and bin.</summary>
    public IBufferWriter<byte> Reply { get; }

    /// <summary>The datacenter of this node.</summary>
    public string Datacenter { get; }

    /// <summary>Where the call came from.</summary>
    public IPAddress? SourceAddress { get; init; }

    /// <summary>Cancelled when the connection is cut or the node has left.</summary>
    public CancellationToken Aborted { get; init; }

    /// <summary>Cancelled also when the caller has said that he writes no more: nothing is waited for on his behalf.</summary>
    public CancellationToken HungUp { get; init; }

    /// <summary>How long a blocking query waits that asks for this time, with the part that spreads the callers.</summary>
    /// <param name="asked">What the caller asks for; zero or less for the default.</param>
    public TimeSpan WaitOf(TimeSpan asked) => _wait(asked);
}
