using System.Net;
using Discovery.DependencyInjection;
using Discovery.Testing;
using Discovery.Wire;
using Microsoft.Extensions.Options;

namespace Discovery.Rpc;

/// <summary>Servers on a kernel that answer calls, and connections to them in memory.</summary>
internal sealed class RpcHarness : INodeConnector
{
    private readonly Dictionary<int, Func<StreamPair, Task>> _servers = [];

    public RpcHarness(SimulationKernel kernel, RpcOptions? options = null)
    {
        Kernel = kernel;
        Options = options ?? new RpcOptions();
    }

    public SimulationKernel Kernel { get; }

    public RpcOptions Options { get; }

    /// <summary>Connections that were opened.</summary>
    public List<StreamPair> Opened { get; } = [];

    public static void Run(Func<RpcHarness, Task> body, RpcOptions? options = null)
    {
        var kernel = new SimulationKernel();
        kernel.Run(() => body(new RpcHarness(kernel, options)));
    }

    /// <summary>As <see cref="Run(Func{RpcHarness, Task}, RpcOptions?)"/>, with a node whose methods are served.</summary>
    public static void Run(Func<RpcHarness, TestNode, RpcService, Task> body, RpcOptions? options = null) => Run(
        async harness =>
        {
            await using var node = new TestNode(harness.Kernel);
            await node.StartAsync();
            RpcService service = harness.Serve(
                new StatusMethods(node.Get<ICommandLog>(), node.Get<IMembershipSource>()),
                new CatalogMethods(node.Catalog),
                new HealthMethods(node.Catalog),
                new CoordinateMethods(node.Get<ICoordinates>(), node.Get<IMembershipSource>()));
            await body(harness, node, service);
            await node.StopAsync();
        },
        options);

    public RpcService Serve(params IRpcMethodGroup[] groups) => new(
        Kernel.CreateRuntime(), Options, "dc1", groups, new TestMeterFactory(), new RecordingLogger<RpcService>());

    /// <summary>A single stream to a service, as after byte 0.</summary>
    public (Stream Client, Task Serving) Connect(RpcService service, CancellationToken stopping = default)
    {
        var wire = new StreamPair(pieceMax: 700);
        Task serving = Kernel.Start(async () =>
        {
            await using (wire.Server)
            {
                await service.ServeAsync(wire.Server, IPAddress.Loopback, stopping);
            }
        });
        return (wire.Client, serving);
    }

    /// <summary>A service that can be dialled at a port, over yamux.</summary>
    public void Listen(int port, RpcService service) => _servers[port] = async wire =>
    {
        await using var session = new YamuxConnection(Kernel.CreateRuntime(), Connection(wire.Server), isClient: false);
        session.Start();
        while (await session.AcceptAsync(default) is { } stream)
        {
            _ = Kernel.Start(async () =>
            {
                await using (stream)
                {
                    try
                    {
                        await service.ServeAsync(stream, IPAddress.Loopback, default);
                    }
                    catch (IOException)
                    {
                        // The session has ended.
                    }
                }
            });
        }
    };

    public void Unlisten(int port) => _servers.Remove(port);

    public (RpcClient Client, RpcConnectionPool Pool) Client()
    {
        NodeRuntime runtime = Kernel.CreateRuntime();
        IOptions<RpcOptions> options = Microsoft.Extensions.Options.Options.Create(Options);
        var pool = new RpcConnectionPool(runtime, this, options);
        return (new RpcClient(runtime, pool, options), pool);
    }

    public ValueTask<NodeConnection> ConnectAsync(string host, int port, byte protocol, CancellationToken cancellationToken = default)
    {
        if (!_servers.TryGetValue(port, out Func<StreamPair, Task>? serve))
        {
            throw new DiscoveryException(DiscoveryError.PeerUnreachable, $"No node is reached at {host}:{port}");
        }

        Assert.Equal(4, protocol);
        var wire = new StreamPair();
        Opened.Add(wire);
        _ = Kernel.Start(() => serve(wire));
        return ValueTask.FromResult(Connection(wire.Client));
    }

    /// <summary>Sends one call and reads its answer.</summary>
    public static async Task<(string Error, byte[] Body)> CallAsync(Stream stream, string method, byte[] body)
    {
        await stream.WriteAsync(Request(method, body));
        return await ReadAsync(stream);
    }

    public static byte[] Request(string method, byte[] body, ulong sequence = 7)
    {
        using var buffer = new WireBuffer();
        new RpcHeader { Method = method, Sequence = sequence }.WriteRequest(buffer);
        buffer.Write(body);
        return buffer.WrittenSpan.ToArray();
    }

    public static async Task<(string Error, byte[] Body)> ReadAsync(Stream stream)
    {
        using var input = new RpcInput(stream, int.MaxValue);
        ReadOnlyMemory<byte> head = await input.ReadAsync(default) ?? throw new EndOfStreamException();
        RpcHeader header = RpcReader.Read(head.Span, RpcHeader.Response);
        ReadOnlyMemory<byte> body = await input.ReadAsync(default) ?? throw new EndOfStreamException();
        return (header.Error, body.ToArray());
    }

    /// <summary>A map of texts, whole numbers and booleans as a body.</summary>
    public static byte[] Body(params (string Name, object Value)[] fields)
    {
        using var buffer = new WireBuffer();
        var writer = new MessagePackWriter(buffer) { OldSpec = true };
        writer.WriteMapHeader(fields.Length);
        foreach ((string name, object value) in fields)
        {
            writer.Write(name);
            switch (value)
            {
                case string text:
                    writer.Write(text);
                    break;
                case bool flag:
                    writer.Write(flag);
                    break;
                case byte[] raw:
                    writer.WriteRaw(raw);
                    break;
                default:
                    writer.Write(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                    break;
            }
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static NodeConnection Connection(Stream stream) => new(stream, new IPEndPoint(IPAddress.Loopback, 1));
}
