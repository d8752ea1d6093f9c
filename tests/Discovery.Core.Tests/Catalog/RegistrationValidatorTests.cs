namespace Discovery.Catalog;

public sealed class RegistrationValidatorTests
{
    private static readonly string Large = new('x', 10 * 1024 * 1024);

    [Fact]
    public void RegisterAsync_Invalid_TellsEveryReason() => CatalogTestData.Check("invalid.txt", static line => Refusal(line));

    [Fact]
    public void RegisterAsync_AtTheLimits_IsTaken()
    {
        var harness = new CatalogHarness();
        CatalogRegistration registration = Make.Registration(new string('n', 63), new string('s', 63), new string('i', 255), 65_535);
        registration.Service!.Tags = [.. Enumerable.Repeat(new string('t', 4096), 512)];
        registration.Service.Meta = Enumerable.Range(0, 64).ToDictionary(
            static i => $"k{i}".PadRight(128, '-'), static _ => new string('v', 512));
        registration.Service.PassingWeight = registration.Service.WarningWeight = 65_535;
        registration.Checks = [.. Enumerable.Range(0, 1024).Select(static i => new CatalogCheckRegistration { Name = $"c{i}" })];
        registration.Checks[0].Output = new string('o', 65_536);
        harness.Kernel.Run(async () => Assert.Equal(3UL, await harness.Catalog.RegisterAsync(registration)));
        Assert.Equal(512, harness.Catalog.Find(new string('s', 63)).All[0].Service.Tags.Count);
    }

    [Theory]
    [InlineData("10.0.=.1", false)]
    [InlineData("host:80", false)]
    [InlineData("[::1]", false)]
    [InlineData("x?y", false)]
    [InlineData("a..b", false)]
    [InlineData("my_host.local.", true)]
    [InlineData("fe80::1%eth0", true)]
    [InlineData("münchen.example", true)]
    public void P43_Address_IsTakenOnlyWhenItGivesAUri(string address, bool isTaken)
    {
        var failures = new List<string>();
        RegistrationValidator.CheckAddress("Address", address, isRequired: true, failures);
        Assert.Equal(isTaken, failures.Count == 0);
        if (isTaken)
        {
            var harness = new CatalogHarness();
            CatalogRegistration registration = Make.Registration("n1", "web", port: 80);
            registration.Service!.Address = address;
            harness.Kernel.Run(async () => await harness.Catalog.RegisterAsync(registration));
            Assert.Equal(80, harness.Catalog.Find("web").All[0].Uri.Port);
        }
    }

    [Fact]
    public void RegisterAsync_ThenFind_ShowsWhatWasRegistered()
    {
        var harness = new CatalogHarness();
        harness.Kernel.Run(async () =>
        {
            CatalogRegistration registration = Make.Registration("db-1", "db", port: 5432);
            registration.Checks.Add(new CatalogCheckRegistration { Name = "ping", ServiceId = "db", Status = CheckStatus.Passing });
            ulong index = await harness.Catalog.RegisterAsync(registration);
            ServiceView view = harness.Catalog.Find("db");
            Assert.Equal((index, "db/db on db-1 at 10.0.0.1:5432 (Passing)"), (view.Index, view.All[0].ToString()));
            Assert.Null(view.All[0].Service.Owner);
            await harness.Catalog.RegisterAsync(registration);
            Assert.Same(view, harness.Catalog.Find("db"));
            await harness.Catalog.DeregisterAsync(new CatalogDeregistration { Node = "db-1", ServiceId = "db" });
            Assert.Same(ServiceView.Empty, harness.Catalog.Find("db"));
        });
    }

    [Theory]
    [InlineData(
        "svc",
        DiscoveryError.OwnedByOther,
        "The entry is kept by the agent of node \"n2\": write it there, or that agent would undo it.")]
    [InlineData("no node", DiscoveryError.NotFound, "Node \"n9\" is not in the catalog, and SkipNodeUpdate leaves it out.")]
    [InlineData("no service", DiscoveryError.NotFound, "A check names service \"nope\", which is not on the node.")]
    [InlineData(
        "reserved",
        DiscoveryError.InvalidRequest,
        "The node's name is reserved by the node with id 00000001-0000-0000-0000-000000000000, which is alive.")]
    [InlineData("datacenter", DiscoveryError.NoPathToDatacenter, "No path to datacenter")]
    public void RegisterAsync_Refused_SaysWhatStandsInTheWay(string name, DiscoveryError error, string message)
    {
        var harness = new CatalogHarness();
        harness.Kernel.Run(async () =>
        {
            await harness.ExecuteAsync(Make.Register("n2", "web", "web") with { Owner = "n2" });
            await harness.ExecuteAsync(new RegisterCommand
            {
                Node = Make.Node("n3", new Guid(1, 0, 0, new byte[8])), Checks = [Make.Check("n3", "serfHealth", CheckStatus.Passing)],
            });
            CatalogRegistration registration = name switch
            {
                "svc" => Make.Registration("n2", "web"),
                "no node" => Make.Registration("n9", new CatalogCheckRegistration { Name = "c" }),
                "no service" => Make.Registration("n2", new CatalogCheckRegistration { Name = "c", ServiceId = "nope" }),
                "reserved" => new CatalogRegistration { Node = "n3", Address = "10.0.0.1", NodeId = new Guid(2, 0, 0, new byte[8]) },
                _ => Make.Registration("n1", "web"),
            };
            CallContext context = new() { Datacenter = name == "datacenter" ? "dc2" : null };
            DiscoveryException e = await Assert.ThrowsAnyAsync<DiscoveryException>(
                async () => await harness.Catalog.RegisterAsync(registration, context));
            Assert.Equal((error, message, WriteOutcome.NotApplied), (e.Error, e.Message, e.WriteOutcome));
        });
    }

    [Fact]
    public void DeregisterAsync_EntryOfThisNodesAgent_AsksTheAgent()
    {
        var owner = new FakeOwner();
        var harness = new CatalogHarness(owner: owner);
        harness.Kernel.Run(async () =>
        {
            await harness.ExecuteAsync(Make.Register("n1", "web", "web") with { Owner = "n1" });
            await harness.Catalog.DeregisterAsync(new CatalogDeregistration { Node = "n1", ServiceId = "web" });
            Assert.Equal(["web/"], owner.Asked);
            CatalogRefusedException e = await Assert.ThrowsAsync<CatalogRefusedException>(
                async () => await harness.Catalog.DeregisterAsync(new CatalogDeregistration { Node = "n1" }));
            Assert.Equal((DiscoveryError.OwnedByOther, CatalogRefusal.OwnedByOther, "n1"), (e.Error, e.Reason, e.Subject));
            await harness.Catalog.DeregisterAsync(
                new CatalogDeregistration { Node = "n1", ServiceId = "web", Ownership = CatalogOwnership.Consul });
            Assert.Empty(harness.Catalog.Find("web").All);
        });
    }

    private static IEnumerable<string> Refusal(string name)
    {
        var harness = new CatalogHarness();
        DiscoveryException e = Assert.Throws<DiscoveryException>(() => harness.Kernel.Run(async () =>
        {
            if (name == "deregistration")
            {
                await harness.Catalog.DeregisterAsync(new CatalogDeregistration { ServiceId = Large, CheckId = "a\0b" });
            }
            else
            {
                await harness.Catalog.RegisterAsync(Invalid(name));
            }
        }));
        Assert.Equal((DiscoveryError.InvalidRequest, WriteOutcome.NotApplied), (e.Error, e.WriteOutcome));
        Assert.Equal(1UL, harness.State.Current.Index);
        return e.Message.Split("; ");
    }

    private static CatalogRegistration Invalid(string name)
    {
        CatalogRegistration r = Make.Registration("n1", "web");
        ServiceRegistration service = r.Service!;
        switch (name)
        {
            case "empty":
                return new CatalogRegistration
                {
                    Service = new ServiceRegistration { Id = "" }, Checks = { new CatalogCheckRegistration() },
                };
            case "ports":
                service.Port = 65_536;
                service.TaggedAddresses["lan"] = new ServiceAddress("10.0.0.1", -1);
                break;
            case "names":
                return Make.Registration("host.example.com", "my_service");
            case "check ids":
                r.Checks = [new() { Name = "a" }, new() { Name = "b", CheckId = "a" }, new() { Name = "c", Status = (CheckStatus)7 }];
                break;
            case "zero in names":
                r = Make.Registration("n\0", "we\0b", "i\0d");
                service = r.Service!;
                service.Tags = ["a\0"];
                r.Checks = [new() { Name = "c\0", ServiceId = "s\0" }];
                break;
            case "ten megabytes":
                r = Make.Registration(Large, Large, Large);
                r.Service!.Tags = [Large];
                r.Service.Address = Large;
                r.Service.Meta["k"] = Large;
                r.Service.Meta[Large] = "v";
                r.Checks = [new() { Name = Large, Notes = Large, Output = Large, Type = Large, ServiceId = Large }];
                break;
            case "ten thousand tags":
                service.Tags = [.. Enumerable.Repeat("", 10_000)];
                break;
            case "too many of all":
                FillTooMany(r);
                break;
            case "addresses":
                r.Address = "0.0.0.0";
                r.TaggedAddresses["wan"] = "http://host/";
                service.Address = "a b";
                service.TaggedAddresses["v6"] = new ServiceAddress("::", 1);
                break;
            case "meta":
                service.Meta = new Dictionary<string, string> { [""] = "v", ["a b"] = "v", ["consul-x"] = "v", ["null"] = null! };
                break;
            case "weights":
                (service.PassingWeight, service.WarningWeight) = (0, 70_000);
                break;
            case "service checks":
                service.Checks.Add(new CheckDefinition { Ttl = TimeSpan.FromSeconds(10) });
                break;
            case "nulls":
                (service.Tags, service.Meta, service.TaggedAddresses, r.Checks) = (null!, null!, null!, null!);
                (r.NodeMeta, r.TaggedAddresses) = (null!, null!);
                break;
            case "nulls inside":
                (service.Tags, r.Checks) = ([null!], [null!]);
                service.TaggedAddresses["lan"] = null!;
                break;
            case "all at once":
                r = Make.Registration("", "-web-", port: -5);
                r.NodeMeta["bad key"] = "v";
                r.Service!.PassingWeight = -1;
                r.Checks = [new() { Name = "" }];
                break;
            default:
                throw new FormatException(name);
        }

        return r;
    }

    private static void FillTooMany(CatalogRegistration r)
    {
        for (int i = 0; i < 1025; i++)
        {
            r.Checks.Add(new CatalogCheckRegistration { Name = "same" });
            r.NodeMeta[$"k{i}"] = "v";
            r.TaggedAddresses[$"k{i}"] = "";
            r.Service!.Meta[$"k{i}"] = "v";
            r.Service.TaggedAddresses[$"k{i}"] = new ServiceAddress("", 0);
        }
    }
}
