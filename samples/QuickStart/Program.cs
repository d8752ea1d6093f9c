using Discovery;
using QuickStart;

if (!SampleArguments.TryParse(args, out SampleArguments arguments, out string problem))
{
    Console.Error.WriteLine(problem);
    return 2;
}

HostApplicationBuilder builder = Host.CreateApplicationBuilder();
builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
builder.Services.AddDiscovery(node => node.NodeName = "quickstart");

// The demo breaks and mends at will; in production flapping checks are better held down, which is the default.
builder.Services.Configure<HealthOptions>(health => health.FlapThreshold = 0);
builder.Services.AddHttpClient("by-name").UseServiceCatalog();
using IHost host = builder.Build();
await host.StartAsync();

// Ctrl-C and SIGTERM end the demo, so that the sample leaves the catalog before the host stops.
using var stop = CancellationTokenSource.CreateLinkedTokenSource(
    host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
if (arguments.RunFor is { } runFor)
{
    stop.CancelAfter(runFor);
}

await using (var greeters = await Greeters.StartAsync(host.Services.GetRequiredService<ILocalAgent>(), count: 3))
{
    var demo = new Demo(
        host.Services.GetRequiredService<IServiceCatalog>(), host.Services.GetRequiredService<IHttpClientFactory>(), greeters);
    IDemoScreen screen = Console.IsOutputRedirected || Console.IsInputRedirected ? new PlainScreen() : new LiveScreen();
    await demo.RunAsync(screen, stop.Token);
}

await host.StopAsync();
return 0;
