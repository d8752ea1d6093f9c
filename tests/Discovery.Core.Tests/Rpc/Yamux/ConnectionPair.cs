using System.Net;
using Discovery.Testing;

namespace Discovery.Rpc;

/// <summary>Both ends of one session on a kernel.</summary>
internal sealed class ConnectionPair
{
    public ConnectionPair(SimulationKernel kernel, IPEndPoint remote, StreamPair? wire = null)
    {
        Kernel = kernel;
        Wire = wire ?? new StreamPair(pieceMax: 9000);
        Client = new YamuxConnection(kernel.CreateRuntime(), new NodeConnection(Wire.Client, remote), isClient: true);
        Server = new YamuxConnection(kernel.CreateRuntime(), new NodeConnection(Wire.Server, remote), isClient: false);
        Client.Start();
        Server.Start();
    }

    public SimulationKernel Kernel { get; }

    public StreamPair Wire { get; }

    public YamuxConnection Client { get; }

    public YamuxConnection Server { get; }

    /// <summary>The server sends back what it reads from each stream, or only reads it, until there are no more streams.</summary>
    public Task EchoAsync(bool sink = false) => Kernel.Start(async () =>
    {
        while (await Server.AcceptAsync(default) is { } stream)
        {
            _ = Kernel.Start(() => EchoAsync(stream, sink));
        }
    });

    private static async Task EchoAsync(YamuxStream stream, bool sink)
    {
        await using (stream)
        {
            byte[] buffer = new byte[5000];
            try
            {
                while (await stream.ReadAsync(buffer) is var count and > 0)
                {
                    if (!sink)
                    {
                        await stream.WriteAsync(buffer.AsMemory(0, count));
                    }
                }
            }
            catch (IOException)
            {
                // The session has ended.
            }
        }
    }
}
