using System.Globalization;

namespace QuickStart;

/// <summary>One little HTTP service on a port of its own: it greets on / and tells its health on /health.</summary>
internal sealed class Greeter : IAsyncDisposable
{
    private WebApplication? _app;
    private volatile bool _isBroken;

    private Greeter(string id) => Id = id;

    public string Id { get; }

    /// <summary>The port, the same after a restart.</summary>
    public int Port { get; private set; }

    public static async Task<Greeter> StartAsync(string id)
    {
        var greeter = new Greeter(id);
        await greeter.ListenAsync();
        return greeter;
    }

    /// <summary>Breaks it if it is well: it goes on answering, and its health says 503.</summary>
    public string BreakOrMend()
    {
        _isBroken = !_isBroken;
        return _isBroken ? $"breaking {Id} on purpose" : $"mending {Id}";
    }

    /// <summary>Kills it if it listens: connections are refused from now on.</summary>
    public async Task<string> KillOrRestartAsync()
    {
        if (_app is null)
        {
            await ListenAsync();
            return $"{Id} is back";
        }

        await DisposeAsync();
        return $"killing {Id}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.DisposeAsync();
        }
    }

    private async Task ListenAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}"));
        WebApplication app = builder.Build();
        app.MapGet("/", () => $"hello from {Id}");
        app.MapGet("/health", () => _isBroken ? Results.Text("the tea is cold", statusCode: 503) : Results.Text("fine"));
        await app.StartAsync();
        Port = new Uri(app.Urls.First()).Port;
        _app = app;
    }
}
