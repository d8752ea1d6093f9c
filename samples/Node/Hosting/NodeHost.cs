using Discovery.Node.ConsulDialect;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Discovery.Node.Hosting;

/// <summary>The host of a node: Kestrel, the node, its HTTP API and its DNS server, and nothing else.</summary>
internal static class NodeHost
{
    private static readonly TimeSpan s_shutdownTimeout = TimeSpan.FromSeconds(5);

    public static WebApplication Build(DialectSource source, ConsulLogger logger)
    {
        HostSettings host = source.Current.Host;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "discovery-node" });
        builder.Configuration.Sources.Add(source);
        builder.Logging.AddProvider(logger).SetMinimumLevel(LogLevel.Trace)
            .AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)

            // As long as it may log anything, the host makes an activity and a scope for every request.
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, host));
        IServiceCollection services = builder.Services;
        services.Configure<HostOptions>(static options => options.ShutdownTimeout = s_shutdownTimeout);
        services.AddSingleton(source);
        services.AddSingleton(host);
        services.AddSingleton(logger);
        services.AddSingleton<NodeSignals>();
        services.AddSingleton<IHostLifetime>(static provider => provider.GetRequiredService<NodeSignals>());
        services.AddSingleton<ILeaveListener>(static provider => provider.GetRequiredService<NodeSignals>());
        IDiscoveryBuilder node = services.AddDiscovery().AddKeyValue().AddRpcServer().AddHttpApi();
        if (host.Dns.Count > 0)
        {
            node.AddDnsServer();
        }

        if (host.IsDurable)
        {
            node.AddRaft();
        }

        services.AddSingleton<NodeDeclarations>();
        services.AddHostedService(static provider => provider.GetRequiredService<NodeDeclarations>());
        DecorateReload(services);
        return builder.Build();
    }

    /// <summary>Maps the API, and answers the root as Consul does.</summary>
    public static void Map(WebApplication app)
    {
        app.Map("/", static context =>
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync("Consul Agent");
        });
        app.MapDiscovery();
    }

    private static void DecorateReload(IServiceCollection services)
    {
        ServiceDescriptor inner = services.Last(static one => one.ServiceType == typeof(INodeReload));
        services.AddSingleton<INodeReload>(provider => new DeclaringReload(
            (INodeReload)(inner.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!)),
            provider.GetRequiredService<NodeDeclarations>(),
            provider.GetRequiredService<DialectSource>(),
            provider.GetRequiredService<ConsulLogger>()));
    }

    private static void Listen(KestrelServerOptions kestrel, HostSettings host)
    {
        kestrel.AddServerHeader = false;
        foreach (ListenAddress address in host.Http)
        {
            if (address.EndPoint is { } endPoint)
            {
                kestrel.Listen(endPoint);
            }
            else
            {
                // A socket of an earlier run that nobody took away.
                File.Delete(address.SocketPath!);
                kestrel.ListenUnixSocket(address.SocketPath!);
            }
        }
    }
}
