using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Discovery.Hosting;

/// <summary>Small ASP.NET Core apps on real sockets.</summary>
internal static class TestApp
{
    /// <summary>Builds an app on a free loopback port that logs nothing and reads no configuration files.</summary>
    public static WebApplication Build(
        Action<WebApplicationBuilder> configure, string urls = "http://127.0.0.1:0", IDictionary<string, string?>? configuration = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(configuration ?? new Dictionary<string, string?>());
        builder.WebHost.UseUrls(urls);
        configure(builder);
        return builder.Build();
    }

    /// <summary>The port that the server has really bound.</summary>
    public static int PortOf(WebApplication app) =>
        new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
            .Replace("[::]", "127.0.0.1", StringComparison.Ordinal)).Port;

    /// <summary>The catalog of the app's node.</summary>
    public static IServiceCatalog Catalog(WebApplication app) => app.Services.GetRequiredService<IServiceCatalog>();
}
