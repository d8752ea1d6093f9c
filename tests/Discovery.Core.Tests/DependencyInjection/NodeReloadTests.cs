using Discovery.Health;
using Discovery.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

/// <summary>Reading the configuration again while the node runs.</summary>
public sealed class NodeReloadTests
{
    private const string Web = "Discovery:Services:web:";

    [Fact]
    public void ReloadAsync_AddedChangedAndRemoved_IsWhatTheAgentHas() => Run(async (node, configuration) =>
    {
        configuration[Web + "Port"] = "81";
        configuration[Web + "Checks:0:Ttl"] = "00:01:00";
        configuration["Discovery:Services:new:Port"] = "1";
        configuration["Discovery:Services:old:Port"] = null;
        string[] before = Show(node);
        await node.Get<INodeReload>().ReloadAsync();

        Assert.Equal(["old:7", "same:9", "web:80"], before);
        Assert.Equal(["new:1", "same:9", "web:81"], Show(node));
        Assert.Equal(["service:same", "service:web"], node.Node.Agent.Checks.Select(static c => c.Check.CheckId));
        Assert.Equal(81, node.Catalog.Find("web").All.Single().Service.Port);
        Assert.Empty(node.Catalog.Find("old").All);
    });

    [Fact]
    public void ReloadAsync_WhatStaysTheSame_IsNotTouched() => Run(async (node, configuration) =>
    {
        await node.Node.Agent.UpdateCheckAsync("service:same", CheckStatus.Passing, "fine");
        AgentService seen = node.Node.Agent.FindService("same")!;
        configuration[Web + "Port"] = "81";
        await node.Get<INodeReload>().ReloadAsync();

        Assert.Same(seen.Service, node.Node.Agent.FindService("same")!.Service);
        Assert.Equal(CheckStatus.Passing, node.Node.Agent.Checks.Single(static c => c.Check.CheckId == "service:same").Check.Status);
    });

    [Fact]
    public void ReloadAsync_RegistrationsByCallAndMaintenance_Stay() => Run(async (node, configuration) =>
    {
        await node.Node.Agent.RegisterServiceAsync(new ServiceRegistration { Name = "called", Port = 3 });
        await node.Node.Agent.SetNodeMaintenanceAsync(MaintenanceMode.On, "disk");
        await node.Node.Agent.SetServiceMaintenanceAsync("web", MaintenanceMode.On);
        configuration[Web + "Port"] = "81";
        await node.Get<INodeReload>().ReloadAsync();

        Assert.Equal(["called:3", "old:7", "same:9", "web:81"], Show(node));
        Assert.Equal(
            ["_node_maintenance", "_service_maintenance:web", "service:same"],
            node.Node.Agent.Checks.Select(static c => c.Check.CheckId));
    });

    [Fact]
    public void ReloadAsync_DeclaredServiceThatSomebodyTookOut_ComesBack() => Run(async (node, _) =>
    {
        await node.Node.Agent.DeregisterServiceAsync("web");
        await node.Get<INodeReload>().ReloadAsync();

        Assert.Equal(["old:7", "same:9", "web:80"], Show(node));
    });

    [Fact]
    public void ReloadAsync_BadConfiguration_TellsAllFailuresAndChangesNothing() => Run(async (node, configuration) =>
    {
        IOptionsMonitor<HealthOptions> monitor = node.Get<IOptionsMonitor<HealthOptions>>();
        TimeSpan timeout = monitor.CurrentValue.ProbeTimeout;
        configuration[Web + "Port"] = "81";
        configuration[Web + "Prot"] = "1";
        configuration["Discovery:Services:new:Port"] = "-4";
        configuration["Discovery:Health:ProbeTimeout"] = "00:00:00";
        configuration["Discovery:Services:old:Port"] = null;
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(async () => await node.Get<INodeReload>().ReloadAsync());

        Assert.Equal((DiscoveryError.InvalidRequest, WriteOutcome.NotApplied), (e.Error, e.WriteOutcome));
        Assert.StartsWith("The configuration is not taken over, everything stays as it was: ", e.Message, StringComparison.Ordinal);
        foreach (string failure in (string[])["Discovery:Services:web:Prot: unknown key", "Services[new].Port: -4", "ProbeTimeout"])
        {
            Assert.Contains(failure, e.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["old:7", "same:9", "web:80"], Show(node));
        Assert.Equal(timeout, monitor.CurrentValue.ProbeTimeout);
        Assert.Equal(timeout, node.Get<IOptionsFactory<HealthOptions>>().Create(Options.DefaultName).ProbeTimeout);

        configuration[Web + "Prot"] = null;
        configuration["Discovery:Services:new:Port"] = "4";
        configuration["Discovery:Health:ProbeTimeout"] = "00:00:03";
        await node.Get<INodeReload>().ReloadAsync();

        Assert.Equal(["new:4", "same:9", "web:81"], Show(node));
        Assert.Equal(TimeSpan.FromSeconds(3), monitor.CurrentValue.ProbeTimeout);
    });

    [Fact]
    public void ReloadAsync_FileThatCannotBeRead_ChangesNothing() => Run(async (node, configuration) =>
    {
        configuration[Web + "Port"] = "81";
        configuration.Failure = new FormatException("Could not parse the JSON file.");
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(async () => await node.Get<INodeReload>().ReloadAsync());

        Assert.EndsWith(": Could not parse the JSON file.", e.Message, StringComparison.Ordinal);
        Assert.Equal(["old:7", "same:9", "web:80"], Show(node));

        configuration.Failure = null;
        await node.Get<INodeReload>().ReloadAsync();
        Assert.Equal(["old:7", "same:9", "web:81"], Show(node));
    });

    [Fact]
    public void ReloadAsync_OptionsListenerThatThrows_IsToldAndTheRestIsTakenOver() => Run(async (node, configuration) =>
    {
        using IDisposable? listener = node.Get<IOptionsMonitor<HealthOptions>>().OnChange(
            static _ => throw new InvalidOperationException("planted"));
        configuration[Web + "Port"] = "81";
        await node.Get<INodeReload>().ReloadAsync();

        Assert.Equal(81, node.Node.Agent.FindService("web")!.Service.Port);
    });

    [Fact]
    public void ReloadAsync_NamesOfConsul_AreRegisteredWhenSaid() => Run(
        async (node, configuration) =>
        {
            configuration["Discovery:Services:my_service:Port"] = "2";
            await node.Get<INodeReload>().ReloadAsync();

            Assert.Equal(["my_service:2", "old:7", "same:9", "web:80"], Show(node));
        },
        static builder => builder.Services.Configure<NodeOptions>(static options => options.NameRule = NameRule.Any));

    [Fact]
    public void ReloadAsync_DeclarationInCode_Counts() => Run(
        async (node, configuration) =>
        {
            configuration["Discovery:Services:code:Tags:0"] = "t";
            await node.Get<INodeReload>().ReloadAsync();

            CatalogService service = node.Node.Agent.FindService("code")!.Service;
            Assert.Equal((5, "t"), (service.Port, string.Join(',', service.Tags)));
        },
        static builder => builder.AddService("code", static s => s.Port = 5));

    private static string[] Show(TestNode node) => [.. node.Node.Agent.Services.Select(static s => $"{s.Service.Id}:{s.Service.Port}")];

    private static void Run(Func<TestNode, PlantedFile, Task> body, Action<IDiscoveryBuilder>? configure = null)
    {
        var file = new PlantedFile
        {
            [Web + "Port"] = "80",
            ["Discovery:Services:old:Port"] = "7",
            ["Discovery:Services:same:Port"] = "9",
            ["Discovery:Services:same:Checks:0:Ttl"] = "00:01:00",
        };
        IConfigurationRoot configuration = new ConfigurationBuilder().Add(file).Build();
        var kernel = new SimulationKernel(1);
        kernel.Run(async () =>
        {
            await using var node = new TestNode(kernel, builder =>
            {
                builder.Services.AddDiscovery(configuration);
                configure?.Invoke(builder);
            });
            await node.StartAsync();
            await body(node, file);
            await node.StopAsync();
        });
    }

    /// <summary>A file that is read when the configuration is loaded, and damaged when a test says so.</summary>
    private sealed class PlantedFile : ConfigurationProvider, IConfigurationSource
    {
        private readonly Dictionary<string, string?> _content = new(StringComparer.OrdinalIgnoreCase);

        public Exception? Failure { get; set; }

        /// <summary>A line of the file; null takes it out.</summary>
        public string? this[string key]
        {
            set
            {
                _content.Remove(key);
                if (value is not null)
                {
                    _content[key] = value;
                }
            }
        }

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override void Load() => Data = Failure is null
            ? new Dictionary<string, string?>(_content, StringComparer.OrdinalIgnoreCase)
            : throw Failure;
    }
}
