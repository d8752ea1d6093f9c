using Discovery.DependencyInjection;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Discovery.Rpc;

/// <summary>What can be registered and configured, and what is refused.</summary>
public sealed class RpcSetupTests
{
    [Fact]
    public void AddDiscovery_WithoutAServer_HasAConnectorAndNothingThatListens()
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new TestNode(kernel);
            Assert.NotNull(node.Services.GetService<INodeConnector>());
            Assert.Null(node.Services.GetService<IRpcServer>());
            await node.StartAsync();
            await node.StopAsync();
        });
    }

    [Fact]
    public void AddRpcServer_OnASharedNode_IsRefused()
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new TestNode(kernel);
            Assert.Throws<InvalidOperationException>(() => new TestNode(kernel, static builder => builder.AddRpcServer(), node.Node));
        });
    }

    [Theory]
    [InlineData(0, "byte 0, which means a single stream of Consul's RPC")]
    [InlineData(7, "byte 7, which means TLS in Consul's way without a client certificate")]
    [InlineData(22, "byte 22, which means a TLS handshake")]
    public void Handlers_ByteOfConsul_IsRefused(byte protocol, string told)
    {
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => new ConnectionHandlers([new EchoHandler(protocol)]));
        Assert.EndsWith(told + ".", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Handlers_TwoOfOneByte_AreRefused()
    {
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(
            static () => new ConnectionHandlers([new EchoHandler(8), new EchoHandler(8)]));
        Assert.Equal(
            "Discovery.Rpc.EchoHandler and Discovery.Rpc.EchoHandler both want connections that begin with byte 8.", e.Message);
    }

    [Fact]
    public void Validate_BadOptions_AllAreTold()
    {
        ValidateOptionsResult result = new RpcOptionsValidator().Validate(null, new RpcOptions
        {
            Address = "localhost",
            Port = 65_536,
            HandshakeTimeout = TimeSpan.Zero,
            DialTimeout = TimeSpan.FromHours(2),
            ConnectionsMax = 0,
            ConnectionsPerClientMax = 0,
            RequestBytesMax = 2048,
            HeldBytesMax = 1024,
            StreamsMax = 0,
            HoldTimeout = TimeSpan.Zero,
        });
        Assert.Equal(
            [
                "RpcOptions.Address: \"localhost\" is no IP address",
                "RpcOptions.Port: 65536 is not between 0 and 65535",
                "RpcOptions.HandshakeTimeout: 00:00:00 is not between 00:00:00.0010000 and 01:00:00",
                "RpcOptions.DialTimeout: 02:00:00 is not between 00:00:00.0010000 and 01:00:00",
                "RpcOptions.ConnectionsMax: 0 is not between 1 and 1000000",
                "RpcOptions.ConnectionsPerClientMax: 0 is not between 1 and 1000000",
                "RpcOptions.StreamsMax: 0 is not between 1 and 10000000",
                "RpcOptions.HeldBytesMax: 1024 is not between 2048 and 9223372036854775807",
                "RpcOptions.HoldTimeout: 00:00:00 is not between 00:00:00.0010000 and 01:00:00",
            ],
            result.Failures);
        Assert.True(new RpcOptionsValidator().Validate(null, new RpcOptions()).Succeeded);
    }
}
