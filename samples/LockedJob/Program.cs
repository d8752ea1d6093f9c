using Discovery;
using LockedJob;

// A job that only one node of the cluster runs, and a lock that several workers share. One process is enough to see both work: with the
// servers of a cluster in place, nothing here changes.
HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
builder.Services.AddDiscovery(node => node.NodeName = "locked-job")
    .AddKeyValue()
    .AddLeaderHostedService<NightlyReport>("nightly-report");
builder.Services.AddHostedService<Workers>();
using IHost host = builder.Build();
await host.RunAsync();
