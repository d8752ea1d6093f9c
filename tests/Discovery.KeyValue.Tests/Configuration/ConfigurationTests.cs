using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Discovery.Configuration;

public sealed class ConfigurationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("discovery-configuration").FullName;

    private string CopyFile => Path.Combine(_directory, "app.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Load_NoCopyAndNotOptional_FailsWithTheRemedy()
    {
        InvalidOperationException failure = Assert.Throws<InvalidOperationException>(
            () => new ConfigurationBuilder().AddDiscoveryKeyValue("app/", o => o.CopyFile = CopyFile).Build());
        Assert.Contains("set Optional", failure.Message, StringComparison.Ordinal);
        Assert.Empty(new ConfigurationBuilder().AddDiscoveryKeyValue("app/", static o => o.Optional = true).Build().AsEnumerable());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"version":1,"prefix":"YXBwLw==","entries":{"A":"Yg=="}}""")]
    [InlineData("""{"version":1,"prefix":"b3RoZXIv","entries":{},"checksum":0}""")]
    [InlineData("""{"version":1,"prefix":"YXBwLw==","entries":{"A":"%"},"checksum":0}""")]
    public void Load_CopyDamagedOrOfAnotherPrefix_IsNone(string copy)
    {
        File.WriteAllText(CopyFile, copy);
        Assert.Throws<InvalidOperationException>(
            () => new ConfigurationBuilder().AddDiscoveryKeyValue("app/", o => o.CopyFile = CopyFile).Build());
    }

    [Fact]
    public async Task Host_KeysChange_AreReloadedAndKeptForTheNextStart()
    {
        using (IHost host = Build())
        {
            await host.StartAsync();
            var store = host.Services.GetRequiredService<IKeyValueStore>();
            var configuration = host.Services.GetRequiredService<IConfiguration>();
            await ChangeAsync(configuration, store, "app/Database/Timeout", "5");
            Assert.Equal("5", configuration["Database:Timeout"]);
            await ChangeAsync(configuration, store, "app/limits.json", """{"Max": 3, "Names": ["a", "b"], "Empty": {}}""");
            Assert.Equal(("3", "b"), (configuration["limits.json:Max"], configuration["limits.json:names:1"]));

            // What is no JSON leaves the last good configuration, and the watch goes on.
            await store.PutAsync("app/limits.json", Encoding.UTF8.GetBytes("{"));
            await store.PutAsync("app/Database/Timeout", Encoding.UTF8.GetBytes("6"));
            await ChangeAsync(configuration, store, "app/limits.json", """{"Max": 4}""");
            Assert.Equal(("4", "6"), (configuration["limits.json:Max"], configuration["Database:Timeout"]));
            Assert.Null(configuration["limits.json:names:1"]);
            await host.StopAsync();
        }

        // Another node, which has no state yet, starts with what the first one had.
        IConfiguration next = new ConfigurationBuilder().AddDiscoveryKeyValue("app/", Configure).Build();
        Assert.Equal(("4", "6"), (next["limits.json:Max"], next["Database:Timeout"]));
    }

    [Fact]
    public async Task Host_MonitoredOptions_FollowTheStore()
    {
        using IHost host = Build(static builder =>
            builder.Services.Configure<PaintOptions>(builder.Configuration.GetSection("Paint")));
        await host.StartAsync();
        var store = host.Services.GetRequiredService<IKeyValueStore>();
        var monitor = host.Services.GetRequiredService<IOptionsMonitor<PaintOptions>>();
        Assert.Equal("none", monitor.CurrentValue.Color);

        Channel<string> told = Channel.CreateUnbounded<string>();
        using IDisposable? registration = monitor.OnChange(options => told.Writer.TryWrite(options.Color));
        await store.PutAsync("app/Paint/Color", "red"u8.ToArray());
        await UntilAsync("red");
        await store.PutAsync("app/Paint/Color", "blue"u8.ToArray());
        await UntilAsync("blue");
        Assert.Equal("blue", monitor.CurrentValue.Color);
        await store.DeleteAsync("app/Paint/Color");
        await UntilAsync("none");
        Assert.Equal("none", monitor.CurrentValue.Color);
        await host.StopAsync();

        // A reload that shows nothing new of these options is told once more.
        async Task UntilAsync(string color)
        {
            while (await told.Reader.ReadAsync() != color)
            {
            }
        }
    }

    private IHost Build(Action<HostApplicationBuilder>? configure = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddDiscoveryKeyValue("app/", Configure);
        builder.Services.AddDiscovery(static node => node.NodeName = "n1").AddKeyValue();
        configure?.Invoke(builder);
        return builder.Build();
    }

    private void Configure(KeyValueConfigurationOptions options)
    {
        options.CopyFile = CopyFile;
        options.Optional = true;
        options.IsJson = static name => name.EndsWith(".json", StringComparison.Ordinal);
    }

    private static async Task ChangeAsync(IConfiguration configuration, IKeyValueStore store, string key, string value)
    {
        var reloaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string name = key["app/".Length..].Replace('/', ':');
        using IDisposable registration = ChangeToken.OnChange(configuration.GetReloadToken, () =>
        {
            if (configuration.GetSection(name).Exists())
            {
                reloaded.TrySetResult();
            }
        });
        await store.PutAsync(key, Encoding.UTF8.GetBytes(value));
        await reloaded.Task;
    }

    private sealed class PaintOptions
    {
        public string Color { get; set; } = "none";
    }
}
