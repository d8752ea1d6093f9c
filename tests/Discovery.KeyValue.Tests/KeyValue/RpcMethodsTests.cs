using System.Net.Sockets;
using System.Text;
using Discovery.Rpc;
using Discovery.Testing;
using Discovery.Transactions;
using Discovery.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Discovery.KeyValue;

/// <summary>Keys, sessions and transactions as other nodes ask for them; the real Consul is the judge in the tests with peers.</summary>
[Trait("Kind", "RealSockets")]
public sealed class RpcMethodsTests
{
    // Captured between a client and a server of Consul 1.8.7.
    private const string SetRequest =
        "82a353657113ad536572766963654d6574686f64a94b56532e4170706c79"
        + "84aa4461746163656e746572a3646331a6446972456e7487ab437265617465496e64657800a5466c61677300a34b6579a7666f6f2f626172"
        + "a94c6f636b496e64657800ab4d6f64696679496e64657800a753657373696f6ea0a556616c7565a568656c6c6fa24f70a3736574a5546f6b656ea0";

    private const string SetReply = "83a54572726f72a0a353657113ad536572766963654d6574686f64a94b56532e4170706c79c2";

    [Fact]
    public async Task Apply_AsCaptured_AnswersTheSameBytesAndTheKeyIsThere()
    {
        await using ServiceProvider node = await StartAsync();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(node.GetRequiredService<IRpcServer>().Endpoint!);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync((byte[])[0, .. Convert.FromHexString(SetRequest)]);
        byte[] reply = new byte[SetReply.Length / 2];
        await stream.ReadExactlyAsync(reply);
        Assert.Equal(SetReply, Convert.ToHexStringLower(reply));
        Assert.Equal("hello", Encoding.UTF8.GetString(node.GetRequiredService<IKeyValueStore>().Get("foo/bar")!.Value.Span));
    }

    [Fact]
    public async Task Call_ThroughTheClient_ReadsAndRefuses()
    {
        await using ServiceProvider node = await StartAsync();
        await node.GetRequiredService<IKeyValueStore>().PutAsync("k", "v"u8.ToArray());
        IRpcClient client = node.GetRequiredService<IRpcClient>();
        System.Net.DnsEndPoint[] server = [new("127.0.0.1", node.GetRequiredService<IRpcServer>().Endpoint!.Port)];
        var read = new RpcCallOptions { Kind = RpcCallKind.Read };
        ReadOnlyMemory<byte> reply = await client.CallAsync(server, "KVS.Get", Body(("Datacenter", "dc1"), ("Key", "k")), read);
        Assert.Equal("v", ValueOf(reply.Span));
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await client.CallAsync(server, "KVS.Get", Body(("Datacenter", "dc2"), ("Key", "k")), read));
        Assert.Equal(DiscoveryError.NoPathToDatacenter, e.Error);
        e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await client.CallAsync(server, "Session.Apply", Body(("Datacenter", "dc1"), ("Op", "create"))));
        Assert.Equal("Must provide Node", e.Message);
    }

    [Fact]
    public void Read_DamagedOperations_AreReadOrRefused()
    {
        byte[] entry = Body(("Key", "a"), ("Value", "b"), ("Session", "c"));
        byte[] node = Body(("Verb", "get"), ("Node", Body(("Node", "n"))));
        byte[] sound = Body(("KV", Body(("Verb", "set"), ("DirEnt", entry))), ("Node", node));
        var random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] damaged = [.. sound];
            for (int edits = random.Next(1, 4); edits > 0; edits--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                RpcReader.Read(damaged.AsSpan(0, random.Next(damaged.Length + 1)), RpcTransactionShapes.Operation);
            }
            catch (RpcBodyException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 5_000, 19_999);
    }

    private static async Task<ServiceProvider> StartAsync()
    {
        var services = new ServiceCollection();
        services.AddSingleton(typeof(ILogger<>), typeof(RecordingLogger<>));
        services.AddDiscovery(static options =>
        {
            options.NodeName = "n1";
            options.AdvertiseAddress = "127.0.0.1";
        }).AddKeyValue().AddRpcServer(static options => options.Port = 0);
        ServiceProvider provider = services.BuildServiceProvider();
        await provider.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single().StartingAsync(default);
        return provider;
    }

    private static byte[] Body(params (string Name, object Value)[] fields)
    {
        using var buffer = new WireBuffer();
        var writer = new MessagePackWriter(buffer) { OldSpec = true };
        writer.WriteMapHeader(fields.Length);
        foreach ((string name, object value) in fields)
        {
            writer.Write(name);
            if (value is byte[] raw)
            {
                writer.WriteRaw(raw);
            }
            else
            {
                writer.Write((string)value);
            }
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static string ValueOf(ReadOnlySpan<byte> reply)
    {
        var reader = new MessagePackReader(reply) { OldSpec = true };
        Assert.True(reader.TryReadMapHeader(out _) && reader.TryReadString(out string? name) && name == "Entries");
        Assert.True(reader.TryReadArrayHeader(out int count) && count == 1 && reader.TryReadMapHeader(out int fields) && fields == 7);
        for (int i = 0; i < 6; i++)
        {
            Assert.True(reader.TrySkip() && reader.TrySkip());
        }

        Assert.True(reader.TryReadString(out string? last) && last == "Value");
        Assert.True(reader.TryReadBytes(out ReadOnlySpan<byte> value));
        return Encoding.UTF8.GetString(value);
    }
}
