using System.Net;
using System.Net.Sockets;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Discovery.Rpc;

/// <summary>A node with an RPC server on a real socket; its host's steps are called one by one.</summary>
internal sealed class RpcNode : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly IHostedLifecycleService _lifecycle;
    private bool _isStopped;

    public RpcNode(Action<RpcOptions>? configure = null, params INodeConnectionHandler[] handlers)
    {
        var services = new ServiceCollection();
        services.AddSingleton(typeof(ILogger<>), typeof(RecordingLogger<>));
        Array.ForEach(handlers, handler => services.AddSingleton(handler));
        services.AddDiscovery(static options =>
        {
            options.NodeName = "n1";
            options.AdvertiseAddress = "127.0.0.1";
        }).AddRpcServer(options =>
        {
            options.Port = 0;
            configure?.Invoke(options);
        });
        _services = services.BuildServiceProvider();
        _lifecycle = _services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().Single();
    }

    public IPEndPoint Endpoint => Get<IRpcServer>().Endpoint!;

    public IReadOnlyList<string> Lines => ((RecordingLogger<RpcListener>)Get<ILogger<RpcListener>>()).Lines;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static async Task<RpcNode> StartAsync(Action<RpcOptions>? configure = null, params INodeConnectionHandler[] handlers)
    {
        var node = new RpcNode(configure, handlers);
        await node.StartAsync();
        return node;
    }

    public Task StartAsync() => _lifecycle.StartingAsync(default);

    public async Task StopAsync()
    {
        _isStopped = true;
        await _lifecycle.StoppingAsync(default);
        await _lifecycle.StoppedAsync(default);
    }

    /// <summary>A client that has sent these bytes.</summary>
    public async Task<NetworkStream> ConnectAsync(params byte[] bytes)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Endpoint);
        var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(bytes);
        return stream;
    }

    public ValueTask<NodeConnection> DialAsync(byte protocol) =>
        Get<INodeConnector>().ConnectAsync("127.0.0.1", Endpoint.Port, protocol);

    public async ValueTask DisposeAsync()
    {
        if (!_isStopped)
        {
            await StopAsync();
        }

        await _services.DisposeAsync();
    }
}
