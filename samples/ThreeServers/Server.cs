using System.Globalization;
using Discovery;

namespace ThreeServers;

/// <summary>One server: a node with a durable log that it keeps together with the others, and the HTTP API.</summary>
internal static class Server
{
    public static async Task<int> RunAsync(ServerArguments arguments)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{arguments.HttpPort}"));
        builder.Services.AddDiscovery(node =>
            {
                node.NodeName = arguments.Name;
                node.AdvertiseAddress = "127.0.0.1";
                node.ServerPort = arguments.RpcPorts[arguments.Number];
                node.DataDirectory = arguments.Directory;
            })
            .AddKeyValue()
            .AddRpcServer()
            .AddRaft(raft =>
            {
                foreach (int port in arguments.RpcPorts)
                {
                    raft.Servers.Add(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));
                }
            })
            .AddHttpApi()
            .AddLeaderHostedService<Chore>("chore");
        builder.Services.AddHostedService<Reporter>();
        WebApplication app = builder.Build();
        app.MapDiscovery();
        await app.StartAsync();

        // Whoever started this process holds the other end: when it is gone, however that came, so is this one.
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }
}
