using System.Net;
using System.Net.Sockets;

namespace Discovery.Rpc;

/// <summary>What all sockets between nodes have in common.</summary>
internal static class RpcSockets
{
    /// <summary>Small messages go at once, and a peer that is gone without a word is found out by the system too.</summary>
    public static void Configure(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
    }

    public static NodeConnection Wrap(Socket socket) =>
        new(new NetworkStream(socket, ownsSocket: true), RemoteOf(socket), () => Abort(socket));

    private static IPEndPoint RemoteOf(Socket socket)
    {
        var remote = (IPEndPoint)socket.RemoteEndPoint!;
        return remote.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(remote.Address.MapToIPv4(), remote.Port) : remote;
    }

    private static void Abort(Socket socket) => socket.Close(0);
}
