using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Discovery.Hosting;

[Trait("Kind", "RealSockets")]
public sealed class RollingRestartTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    /// <summary>
    /// One host is the node; three apps share it and offer the same service. Clients that look the service up by name never stop asking
    /// while each app in turn is stopped, disposed, built anew on another port, and started.
    /// </summary>
    [Fact]
    public async Task P7_ThreeAppsOnOneNodeRestartedInTurnUnderLoad_NoRequestFails()
    {
        HostApplicationBuilder nodeBuilder = Host.CreateEmptyApplicationBuilder(null);
        nodeBuilder.Services.AddDiscovery();
        nodeBuilder.Services.AddHttpClient("load").UseServiceCatalog();
        using IHost nodeHost = nodeBuilder.Build();
        await nodeHost.StartAsync();
        IDiscoveryNode node = nodeHost.Services.GetRequiredService<IDiscoveryNode>();
        var apps = new WebApplication[3];
        for (int i = 0; i < apps.Length; i++)
        {
            apps[i] = await StartAppAsync(node, generation: 0);
        }

        Assert.Equal(3, node.Catalog.Find("web").Passing.Count);
        Assert.Equal(3, node.Catalog.Find("web").All.Select(static instance => instance.Id).Distinct().Count());
        using var load = new Load(nodeHost.Services.GetRequiredService<IHttpClientFactory>());
        load.Start(clients: 4);
        await load.UntilAnswersAsync(100, s_deadline);
        for (int i = 0; i < apps.Length; i++)
        {
            await apps[i].StopAsync();
            await apps[i].DisposeAsync();
            Assert.Equal(2, node.Catalog.Find("web").All.Count);
            await load.UntilAnswersAsync(100, s_deadline);
            apps[i] = await StartAppAsync(node, generation: 1);
            Assert.Equal(3, node.Catalog.Find("web").Passing.Count);
            await load.UntilAnswersAsync(100, s_deadline);
        }

        await load.StopAsync();
        Assert.Empty(load.Failures);
        Assert.Equal(6, load.AnswersByInstance.Count);
        foreach (WebApplication app in apps)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        Assert.Empty(node.Catalog.Find("web").All);
        await nodeHost.StopAsync();
    }

    private static async Task<WebApplication> StartAppAsync(IDiscoveryNode node, int generation)
    {
        WebApplication app = TestApp.Build(builder =>
        {
            builder.Services.Configure<NodeOptions>(static o => o.DrainDelay = TimeSpan.FromMilliseconds(200));
            builder.Services.AddDiscovery(node).AddService("web").AddHttpHosting();
        });
        app.MapPost("/", async (HttpRequestBody body) =>
        {
            await Task.Delay(5);
            return $"{generation} {TestApp.PortOf(app)} {body.Value}";
        });
        await app.StartAsync();
        return app;
    }

    private sealed record HttpRequestBody(int Value);

    private sealed class Load(IHttpClientFactory factory) : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private Task[] _clients = [];
        private int _answers;

        public ConcurrentQueue<Exception> Failures { get; } = [];

        public ConcurrentDictionary<string, int> AnswersByInstance { get; } = new(StringComparer.Ordinal);

        public void Start(int clients) => _clients = [.. Enumerable.Range(0, clients).Select(number => Task.Run(() => RunAsync(number)))];

        public async Task UntilAnswersAsync(int more, TimeSpan deadline)
        {
            using var bound = new CancellationTokenSource(deadline);
            int target = Volatile.Read(ref _answers) + more;
            while (Volatile.Read(ref _answers) < target)
            {
                await Task.Delay(10, bound.Token);
            }
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_clients);
        }

        public void Dispose() => _stop.Dispose();

        private async Task RunAsync(int number)
        {
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    using HttpClient client = factory.CreateClient("load");
                    using var content = new StringContent($"{{\"Value\":{number}}}", null, "application/json");
                    using HttpResponseMessage response = await client.PostAsync(new Uri("http://web/"), content);
                    string[] words = (await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).Split(' ');
                    Assert.Equal($"{number}", words[2]);
                    AnswersByInstance.AddOrUpdate($"{words[0]} {words[1]}", 1, static (_, count) => count + 1);
                    Interlocked.Increment(ref _answers);
                }
                catch (Exception e)
                {
                    Failures.Enqueue(e);
                }
            }
        }
    }
}
