using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

public sealed class OptionsTests
{
    [Fact]
    public async Task Start_BadOptionsOfEveryClass_OneExceptionTellsAll()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Discovery:Node:DrianDelay"] = "00:00:01",
            ["Discovery:Agent:SyncInterval"] = "soon",
            ["Discovery:Services:api:Port"] = "99999",
            ["Discovery:Services:api:Checks:0:Htp"] = "http://127.0.0.1/",
            ["Discovery:Nod:Role"] = "Server",
        });
        builder.Services.Configure<HealthOptions>(static o => o.FlapThreshold = 1);
        builder.Services.AddDiscovery(static o =>
            {
                o.Role = NodeRole.Agent;
                o.NodeName = "not a name";
                o.Datacenter = "DC 1";
                o.AdvertiseAddress = "0.0.0.0";
                o.Meta["consul-x"] = "y";
                o.DrainDelay = TimeSpan.FromSeconds(-1);
                o.LeaveTimeout = TimeSpan.Zero;
            })
            .AddService("web", static s => (s.Port, s.PassingWeight) = (-1, 0))
            .AddService("web.2", static s => s.Id = "web")
            .AddService("api", static s => s.Checks.Add(new CheckDefinition { Name = "nothing" }));
        using IHost host = builder.Build();

        OptionsValidationException e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Equal(
            [
                "Discovery:Agent:SyncInterval: \"soon\" is no time span such as 00:00:05",
                "Discovery:Nod: unknown key; did you mean Node?",
                "Discovery:Node:DrianDelay: unknown key; did you mean DrainDelay?",
                "Discovery:Services:api:Checks:0:Htp: unknown key; did you mean Http?",
                "HealthOptions.FlapThreshold: must be 0 (off) or at least 2, is 1",
                "NodeOptions.AdvertiseAddress: 0.0.0.0 is a wildcard that nobody can dial",
                "NodeOptions.Datacenter: \"DC 1\" is no name; use 1 to 63 of a-z, 0-9, - and _",
                "NodeOptions.DrainDelay: -00:00:01 is not between 00:00:00 and 00:10:00",
                "NodeOptions.LeaveTimeout: 00:00:00 is not between 00:00:00.0010000 and 00:10:00",
                "NodeOptions.Meta[consul-x]: keys that begin with \"consul-\" are reserved",
                "NodeOptions.NodeName: \"not a name\" cannot be carried by DNS, use letters, digits and inner hyphens, at most 63",
                "NodeOptions.Role: a node of role Agent cannot be started yet; use Server",
                "Services[api].Port: 99999 is not a port, use 0 to 65535",
                "Services[web.2].Id: \"web\" is the id of Services[web] already",
                "Services[web.2].Name: \"web.2\" cannot be carried by DNS, use letters, digits and inner hyphens, at most 63",
                "Services[web].PassingWeight: 0 is not between 1 and 65535",
                "Services[web].Port: -1 is not a port, use 0 to 65535",
            ],
            e.Failures.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Node", "DatacenterName", "x", "Discovery:Node:DatacenterName: unknown key; did you mean Datacenter?")]
    [InlineData("Node", "zzz", "x",
        "Discovery:Node:zzz: unknown key; the known keys are AdvertiseAddress, AdvertiseAddressWan, ConsulVersion, Datacenter, "
        + "DataDirectory, DrainDelay, LeaveTimeout, MemberTags, Meta, NameRule, NodeId, NodeName, RegistersServer, RegisterTimeout, Role, "
        + "SerfLanPort, SerfWanPort, ServerPort")]
    [InlineData("Node", "Role", "Serve", "Discovery:Node:Role: \"Serve\" is no NodeRole; use Server, Agent")]
    [InlineData("Node", "NodeId", "1-2", "Discovery:Node:NodeId: \"1-2\" is no GUID")]
    [InlineData("Health", "ProbeTimeout", "10", "Discovery:Health:ProbeTimeout: \"10\" is no time span such as 00:00:05")]
    [InlineData("Services", "web:Checks:0:Interval", "10s",
        "Discovery:Services:web:Checks:0:Interval: \"10s\" is no time span such as 00:00:05")]
    [InlineData("Node", "Datacenter:Name", "x", "Discovery:Node:Datacenter: is one value, not a section with Name")]
    [InlineData("Node", "Meta", "x", "Discovery:Node:Meta: is a section of several entries, not one value")]
    [InlineData("Services", "web", "80",
        "Discovery:Services:web: is a section, not a value; its keys are Address, Checks, EnableTagOverride, Id, Meta, Name, "
        + "PassingWeight, Port, TaggedAddresses, Tags, WarningWeight")]
    [InlineData("Services", "web:Port", "eighty", "Discovery:Services:web:Port: \"eighty\" is no whole number")]
    [InlineData("Services", "web:TaggedAddresses:lan:Prt", "80",
        "Discovery:Services:web:TaggedAddresses:lan:Prt: unknown key; did you mean Port?")]
    [InlineData("Services", "web:EnableTagOverride", "yes", "Discovery:Services:web:EnableTagOverride: \"yes\" is no true or false")]
    [InlineData("Health", "FlapTreshold", "3", "Discovery:Health:FlapTreshold: unknown key; did you mean FlapThreshold?")]
    public void Validate_OneWrongKey_IsToldByPath(string section, string key, string value, string failure)
    {
        using ServiceProvider services = Build(new() { [$"Discovery:{section}:{key}"] = value });

        OptionsValidationException e = Assert.Throws<OptionsValidationException>(() => Options(services));

        Assert.Equal([failure], e.Failures);
    }

    [Fact]
    public void Validate_NamesThatDnsCannotCarry_AreGoodWhenSaid()
    {
        var configuration = new Dictionary<string, string?>
        {
            ["Discovery:Node:NodeName"] = "my_node",
            ["Discovery:Services:my_service:Port"] = "80",
        };
        using ServiceProvider strict = Build(configuration);
        OptionsValidationException e = Assert.Throws<OptionsValidationException>(() => Options(strict));
        configuration["Discovery:Node:NameRule"] = "any";
        using ServiceProvider lenient = Build(configuration);

        Assert.Equal(2, e.Failures.Count(static failure => failure.Contains("cannot be carried by DNS", StringComparison.Ordinal)));
        Assert.Equal("my_node", Options(lenient).NodeName);
    }

    [Fact]
    public void Bind_EveryKindOfKey_IsRead()
    {
        using ServiceProvider services = Build(new()
        {
            ["Discovery:Node:NodeName"] = "n1",
            ["Discovery:Node:NodeId"] = "5d4b3f0e-9a1c-4f65-8c7d-1f2e3a4b5c6d",
            ["Discovery:Node:Role"] = "server",
            ["discovery:node:datacenter"] = "dc2",
            ["Discovery:Node:Meta:rack"] = "r7",
            ["Discovery:Node:DrainDelay"] = "00:00:03",
            ["Discovery:Health:FlapThreshold"] = "5",
            ["Discovery:Agent:SyncInterval"] = "00:02:00",
            ["Discovery:Services:WEB:Port"] = "80",
            ["Discovery:Services:web:Tags:0"] = "v1",
            ["Discovery:Services:web:Meta:a"] = "b",
            ["Discovery:Services:web:TaggedAddresses:lan:Address"] = "10.0.0.1",
            ["Discovery:Services:web:TaggedAddresses:lan:Port"] = "81",
            ["Discovery:Services:web:Checks:0:Http"] = "http://127.0.0.1/",
            ["Discovery:Services:web:Checks:0:Interval"] = "00:00:10",
            ["Discovery:Services:web:Checks:0:Header:X-A:0"] = "1",
            ["Discovery:Services:only-here:Port"] = "90",
        });

        NodeOptions node = Options(services);
        Assert.Equal(("n1", "dc2", NodeRole.Server, TimeSpan.FromSeconds(3)), (node.NodeName, node.Datacenter, node.Role, node.DrainDelay));
        Assert.Equal(new Guid("5d4b3f0e-9a1c-4f65-8c7d-1f2e3a4b5c6d"), node.NodeId);
        Assert.Equal("r7", node.Meta["rack"]);
        Assert.Equal(5, services.GetRequiredService<IOptions<HealthOptions>>().Value.FlapThreshold);
        Assert.Equal(TimeSpan.FromMinutes(2), services.GetRequiredService<IOptions<AgentOptions>>().Value.SyncInterval);
        IReadOnlyList<ServiceRegistration> declared = services.GetRequiredService<DeclaredServices>().Registrations;
        Assert.Equal(["only-here", "web"], declared.Select(static s => s.Name));
        ServiceRegistration web = declared[1];
        Assert.Equal((80, "v1,code", "b"), (web.Port, string.Join(',', web.Tags), web.Meta["a"]));
        Assert.Equal(new ServiceAddress("10.0.0.1", 81), web.TaggedAddresses["lan"]);
        CheckDefinition check = Assert.Single(web.Checks);
        Assert.Equal((CheckKind.Http, TimeSpan.FromSeconds(10), "1"), (check.Kind, check.Interval, check.Header["x-a"].Single()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AddDiscovery_GivenConfiguration_WinsOverTheHostsAndCodeOverBoth(bool givenSection)
    {
        IConfigurationRoot given = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Discovery:Node:NodeName"] = "given", ["Discovery:Node:Datacenter"] = "given",
        }).Build();
        var collection = new ServiceCollection();
        collection.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Discovery:Node:NodeName"] = "host" }).Build());
        collection.AddDiscovery(givenSection ? given.GetSection("Discovery") : given);
        collection.AddDiscovery(static o => o.Datacenter = "code");
        using ServiceProvider services = collection.BuildServiceProvider();

        NodeOptions node = Options(services);

        Assert.Equal(("given", "code"), (node.NodeName, node.Datacenter));
    }

    [Fact]
    public void AddDiscovery_Twice_IsOnce()
    {
        var services = new ServiceCollection();
        services.AddDiscovery().AddService("web").AddStateModule<EmptyModule>();
        services.AddHealthChecks().AddDiscovery(tags: ["ready"]);
        int count = services.Count(static d => !IsOptions(d));
        services.AddDiscovery().AddService("WEB").AddStateModule<EmptyModule>();
        services.AddHealthChecks().AddDiscovery();

        Assert.Equal(count, services.Count(static d => !IsOptions(d)));
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Single(provider.GetServices<IHostedService>().OfType<NodeLifecycle>());
        HealthCheckRegistration check = Assert.Single(
            provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations);
        Assert.Equal(("discovery", "ready"), (check.Name, check.Tags.Single()));
        Assert.Equal("web", Assert.Single(provider.GetRequiredService<DeclaredServices>().Registrations).Name);
    }

    [Fact]
    public void AddService_NamesThatBelongTogether_AreOneRegistration()
    {
        var services = new ServiceCollection();
        services.AddDiscovery().AddService("web", static s => s.Tags.Add("a")).AddService("Web", static s => s.Tags.Add("b"))
            .AddService("web-2", static s => (s.Name, s.Id) = ("web", "second"));
        using ServiceProvider provider = services.BuildServiceProvider();

        Assert.Equal(
            ["web  a,b", "web second "],
            provider.GetRequiredService<DeclaredServices>().Registrations.Select(s => $"{s.Name} {s.Id} {string.Join(',', s.Tags)}"));
    }

    [Theory]
    [InlineData("web01.example.org", "web01")]
    [InlineData("my_machine!", "my-machine")]
    [InlineData("___", "node")]
    [InlineData("", "node")]
    public void NameOf_Machine_IsADnsLabel(string machine, string expected) => Assert.Equal(expected, MachineAddress.NameOf(machine));

    [Theory]
    [InlineData("10.1.2.3", "-:172.17.0.1 -:10.9.9.9 g:127.0.0.1,8.8.8.8,10.1.2.3")]
    [InlineData("172.16.0.1", "-:fe80::1,172.16.0.1 -:10.0.0.1")]
    [InlineData("100.64.0.9", "g:100.63.255.255,172.32.0.1,192.169.0.1,100.128.0.1,100.64.0.9")]
    [InlineData("127.0.0.1", "g:8.8.8.8,169.254.1.1,::1")]
    [InlineData("127.0.0.1", "")]
    public void Choose_Interfaces_TakesTheFirstPrivateOneWithAGateway(string expected, string interfaces) => Assert.Equal(
        expected,
        MachineAddress.Choose(interfaces.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(
            static i => (i[0] == 'g', i[2..].Split(',').Select(System.Net.IPAddress.Parse)))));

    // Configure adds a delegate per call, as Configure does everywhere.
    private static bool IsOptions(ServiceDescriptor d) =>
        d.ServiceType.IsGenericType && d.ServiceType.GetGenericTypeDefinition() == typeof(IConfigureOptions<>);

    private static NodeOptions Options(ServiceProvider services) => services.GetRequiredService<IOptions<NodeOptions>>().Value;

    private static ServiceProvider Build(Dictionary<string, string?> configuration)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build());
        services.AddDiscovery().AddService("web", static s => s.Tags.Add("code"));
        return services.BuildServiceProvider();
    }

    private sealed class EmptyModule : IStateModule
    {
        public string Name => "empty";

        public void Configure(StateModuleBuilder builder)
        {
        }
    }
}
