using System.Buffers;
using System.Net;

namespace Discovery.Simulation;

/// <summary>Calls the real methods of other nodes, over links that break.</summary>
internal sealed class NodeCalls(FullWorld world, NodeLife life) : IRpcClient
{
    public async ValueTask<ReadOnlyMemory<byte>> CallAsync(
        IReadOnlyList<DnsEndPoint> servers,
        string method,
        ReadOnlyMemory<byte> body,
        RpcCallOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        FullNode to = world.Nodes.First(node => node.Name == servers[0].Host);
        using var over = new CancellationTokenSource(options?.Timeout ?? TimeSpan.FromSeconds(5), life.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            (_, byte[]? reply) = await world.Links.CallAsync(life.Node, to, other => RunAsync(other, method, body))
                .WaitAsync(either.Token);
            world.Coverage.Count("renewals forwarded", reply is null ? 0 : 1);
            return reply ?? throw new DiscoveryException(DiscoveryError.PeerUnreachable, "The connection broke.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DiscoveryException(DiscoveryError.PeerUnreachable, "Nobody answered in time.");
        }
    }

    private static async Task<byte[]> RunAsync(NodeLife other, string method, ReadOnlyMemory<byte> body)
    {
        if (!other.IsReady)
        {
            throw new DiscoveryException(DiscoveryError.NoLeader, "The node has not started.");
        }

        var reply = new ArrayBufferWriter<byte>();
        await other.Methods.First(one => one.Name == method).Handle(
            new RpcCall(body, reply, "dc1", static wait => wait) { Aborted = other.Stopping });
        return reply.WrittenSpan.ToArray();
    }
}
