using CustomModule;
using Discovery;

// A table and a command of the app's own in the replicated state: which worker serves which tenant's shard. With the servers of a cluster
// in place, nothing here changes.
HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
builder.Services.AddDiscovery(node => node.NodeName = "custom-module").AddStateModule<ShardModule>();
builder.Services.AddSingleton<ShardMap>();
builder.Services.AddHostedService<Walk>();
using IHost host = builder.Build();
await host.RunAsync();
