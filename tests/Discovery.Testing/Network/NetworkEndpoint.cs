using System.Threading.Channels;

namespace Discovery.Testing;

/// <summary>One party of a <see cref="SimulatedNetwork{T}"/>.</summary>
public sealed class NetworkEndpoint<T>
{
    private readonly SimulatedNetwork<T> _network;
    private readonly Channel<NetworkMessage<T>> _inbox;

    internal NetworkEndpoint(SimulatedNetwork<T> network, string name, int inboxMax)
    {
        _network = network;
        Name = name;
        _inbox = Channel.CreateBounded<NetworkMessage<T>>(inboxMax);
    }

    /// <summary>The endpoint's name.</summary>
    public string Name { get; }

    /// <summary>What has arrived; completed when the endpoint is detached. Read it with WaitToReadAsync and TryRead.</summary>
    public ChannelReader<NetworkMessage<T>> Inbox => _inbox.Reader;

    /// <summary>Sends a message; nobody learns whether it arrives.</summary>
    public void Send(string to, T body) => _network.Send(Name, to, body);

    /// <summary>Takes the endpoint off the network: what is under way to it is lost.</summary>
    public void Detach() => _network.Detach(this);

    internal bool TryDeliver(NetworkMessage<T> message) => _inbox.Writer.TryWrite(message);

    internal void Complete() => _inbox.Writer.TryComplete();
}
