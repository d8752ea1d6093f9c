using Discovery;
using LockedJob;

// A job that only one node of the cluster runs, and a lock that several workers share. One process is enough to see both work. As one of
// several servers it is told who they are, and nothing else here changes:
//   --Discovery:Node:NodeName=a --Discovery:Node:DataDirectory=/tmp/a --Discovery:Node:AdvertiseAddress=127.0.0.1
//   --Discovery:Node:ServerPort=8301
//   --Discovery:Raft:Servers:0=127.0.0.1:8301 --Discovery:Raft:Servers:1=127.0.0.1:8302 --Discovery:Raft:Servers:2=127.0.0.1:8303
HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
IDiscoveryBuilder node = builder.Services.AddDiscovery(static node => node.NodeName ??= "locked-job")
    .AddKeyValue()
    .AddLeaderHostedService<NightlyReport>("nightly-report");
if (builder.Configuration.GetSection("Discovery:Raft:Servers").Exists())
{
    node.AddRpcServer().AddRaft();
}

builder.Services.AddHostedService<Workers>();
using IHost host = builder.Build();
await host.RunAsync();
