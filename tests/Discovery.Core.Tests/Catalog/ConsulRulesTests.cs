namespace Discovery.Catalog;

/// <summary>What Consul 1.8.7 takes and refuses at /v1/catalog/register, as it answered.</summary>
public sealed class ConsulRulesTests
{
    private const string Id1 = "40e4a748-2192-161a-0510-9bf59fe950b5";
    private const string Id2 = "51e4a748-2192-161a-0510-9bf59fe950b5";
    private readonly CatalogHarness _harness = new();

    public static TheoryData<string, CatalogRefusal, string> Refusals => new()
    {
        { "nothing", CatalogRefusal.NodeMissing, "" },
        { "no address", CatalogRefusal.AddressMissing, "" },
        { "empty service", CatalogRefusal.ServiceEmpty, "" },
        { "service without name", CatalogRefusal.ServiceNameMissing, "x" },
        { "0.0.0.0", CatalogRefusal.ServiceAddressInvalid, "0.0.0.0" },
        { "::", CatalogRefusal.ServiceAddressInvalid, "::" },
        { "[::]", CatalogRefusal.ServiceAddressInvalid, "[::]" },
        { "blank meta", CatalogRefusal.ServiceMetaKeyBlank, "" },
        { "odd meta", CatalogRefusal.ServiceMetaKeyInvalid, "a b" },
        { "long meta", CatalogRefusal.ServiceMetaKeyTooLong, new string('k', 129) },
        { "reserved meta", CatalogRefusal.ServiceMetaKeyReserved, "consul-x" },
        { "long value", CatalogRefusal.ServiceMetaValueTooLong, "k" },
        { "much meta", CatalogRefusal.ServiceMetaTooMany, "" },
        { "check elsewhere", CatalogRefusal.CheckNodeMismatch, "N1" },
        { "check without name", CatalogRefusal.CheckNameMissing, "" },
        { "check of no service", CatalogRefusal.ServiceNotOnNode, "nope" },
        { "zero", CatalogRefusal.Malformed, "" },
        { "null tags", CatalogRefusal.Malformed, "" },
        { "half a character", CatalogRefusal.Malformed, "" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void RegisterAsync_WhatConsulRefuses_IsATypedReason(string name, CatalogRefusal reason, string subject) =>
        _harness.Kernel.Run(async () =>
        {
            ulong before = _harness.State.Current.Index;
            CatalogRefusedException refused = await Assert.ThrowsAsync<CatalogRefusedException>(
                () => _harness.Catalog.RegisterAsync(Refused(name)).AsTask());
            Assert.Equal((reason, subject, WriteOutcome.NotApplied), (refused.Reason, refused.Subject, refused.WriteOutcome));
            Assert.Empty((await _harness.Catalog.QueryNodesAsync(NodeQuery.All)).Body);
            Assert.Equal(reason == CatalogRefusal.ServiceNotOnNode, _harness.State.Current.Index > before);
        });

    [Fact]
    public void RegisterAsync_WhatConsulTakes_IsTaken() => _harness.Kernel.Run(async () =>
    {
        CatalogRegistration odd = Consul("a b/ü.$ \t", "x y z!", "my service.$");
        odd.TaggedAddresses["zz"] = "0.0.0.0";
        odd.TaggedAddresses["lan"] = "";
        odd.NodeMeta["consul-x"] = "1";
        odd.NodeMeta[""] = new string('v', 5000);
        odd.Service!.Id = "";
        odd.Service.Port = -5;
        odd.Service.Tags = ["", "x", "x"];
        odd.Service.TaggedAddresses["lan"] = new ServiceAddress("", 0);
        odd.Service.Address = "[::1]";
        odd.Checks.Add(new CatalogCheckRegistration { Name = "c", Status = CheckStatus.Passing });
        odd.Checks.Add(new CatalogCheckRegistration { Name = "c", CheckId = "", Status = CheckStatus.Warning, Type = "given" });
        odd.Checks.Add(new CatalogCheckRegistration
        {
            Name = "d", ServiceId = "my service.$", Definition = new CatalogCheckDefinition { Http = "http://x", Tcp = null! },
        });
        await _harness.Catalog.RegisterAsync(odd);
        ServiceInstance one = _harness.Catalog.Find("MY service.$").All.Single();
        Assert.Equal(("a b/ü.$ \t", "my service.$", "[::1]", -5), (one.Node.Name, one.Id, one.Address, one.Port));
        Assert.Equal(["", "x", "x"], one.Service.Tags);
        Assert.Equal(
            [("c", CheckStatus.Warning, "given"), ("d", CheckStatus.Critical, "")],
            one.Checks.Select(static check => (check.CheckId, check.Status, check.Type)));
        Assert.Equal(new CatalogCheckDefinition { Http = "http://x" }, one.Checks[1].Definition);
        Assert.Equal(one.Node, _harness.Catalog.FindNode("A B/Ü.$ \t"));
        DiscoveryException noUri = Assert.Throws<DiscoveryException>(() => one.Uri);
        Assert.Equal(DiscoveryError.InvalidRequest, noUri.Error);
        ulong index = _harness.State.Current.Index;
        await _harness.Catalog.RegisterAsync(odd);
        Assert.Same(one, _harness.Catalog.Find("my service.$").All.Single());
        Assert.Equal(index + 1, _harness.State.Current.Index);
    });

    [Theory]
    [InlineData(0, 5, 1, 1)]
    [InlineData(5, 0, 5, 0)]
    [InlineData(-3, 2, 1, 1)]
    [InlineData(0, -1, 1, 1)]
    [InlineData(70_000, 1, 1, 1)]
    public void RegisterAsync_Weights_AreOneAndOneWhenTheyMakeNoSense(int passing, int warning, int keptPassing, int keptWarning) =>
        _harness.Kernel.Run(async () =>
        {
            CatalogRegistration registration = Consul("n1", "h", "w");
            (registration.Service!.PassingWeight, registration.Service.WarningWeight) = (passing, warning);
            await _harness.Catalog.RegisterAsync(registration);
            Assert.Equal(new ServiceWeights(keptPassing, keptWarning), _harness.Catalog.Find("w").All[0].Service.Weights);
        });

    [Fact]
    public void RegisterAsync_SkipNodeUpdateOfAnUnknownNode_AddsItWithoutAddress() => _harness.Kernel.Run(async () =>
    {
        CatalogRegistration registration = Consul("b", "", "w");
        registration.SkipNodeUpdate = true;
        ulong index = await _harness.Catalog.RegisterAsync(registration);
        Assert.Equal(("", index), (_harness.Catalog.FindNode("b")!.Address, _harness.Catalog.FindNode("b")!.CreateIndex));
        registration.Address = "h2";
        await _harness.Catalog.RegisterAsync(registration);
        Assert.Equal("", _harness.Catalog.FindNode("b")!.Address);
    });

    [Fact]
    public void RegisterAsync_SameIdUnderANewName_RenamesTheNodeAndLeavesItsServices() => _harness.Kernel.Run(async () =>
    {
        ulong created = await _harness.Catalog.RegisterAsync(WithId(Consul("b", "h2", "w"), Id1));
        ulong renamed = await _harness.Catalog.RegisterAsync(WithId(Consul("b2", "h3"), Id1));
        CatalogNode node = _harness.Catalog.FindNode(new Guid(Id1))!;
        Assert.Equal(("b2", created, renamed), (node.Name, node.CreateIndex, node.ModifyIndex));
        Assert.Null(_harness.Catalog.FindNode("b"));
        Assert.Empty(_harness.Catalog.Find("w").All);

        // A name that another node holds goes over, unless that node is known to be alive.
        await _harness.Catalog.RegisterAsync(WithId(Consul("b3", "h3"), Id2));
        await _harness.Catalog.RegisterAsync(WithId(Consul("b3", "h4"), Id1));
        Assert.Null(_harness.Catalog.FindNode(new Guid(Id2)));
        CatalogRegistration alive = WithId(Consul("b3", "h4"), Id1);
        alive.Checks.Add(new CatalogCheckRegistration { CheckId = "serfHealth", Name = "x", Status = CheckStatus.Passing });
        await _harness.Catalog.RegisterAsync(alive);
        CatalogRefusedException refused = await Assert.ThrowsAsync<CatalogRefusedException>(
            () => _harness.Catalog.RegisterAsync(WithId(Consul("B3", "h5"), Id2)).AsTask());
        Assert.Equal((CatalogRefusal.NodeNameReserved, Id1), (refused.Reason, refused.Subject));
    });

    [Fact]
    public void RegisterAsync_WithoutIdAfterWithId_HasNone() => _harness.Kernel.Run(async () =>
    {
        ulong created = await _harness.Catalog.RegisterAsync(WithId(Consul("p", "h3"), Id1));
        ulong changed = await _harness.Catalog.RegisterAsync(Consul("p", "h3"));
        await _harness.Catalog.RegisterAsync(Consul("p", "h3"));
        CatalogNode node = _harness.Catalog.FindNode("p")!;
        Assert.Equal((Guid.Empty, created, changed), (node.Id, node.CreateIndex, node.ModifyIndex));
        Assert.Null(_harness.Catalog.FindNode(new Guid(Id1)));
    });

    [Fact]
    public void DeregisterAsync_ByConsulsRules_TakesWhatIsThereAndRefusesNoNodeOnly() => _harness.Kernel.Run(async () =>
    {
        CatalogRegistration registration = Consul("a b", "h", "w");
        registration.Checks.Add(new CatalogCheckRegistration { Name = "c" });
        await _harness.Catalog.RegisterAsync(registration);
        CatalogRefusedException refused = await Assert.ThrowsAsync<CatalogRefusedException>(() => Deregister("", null, null));
        Assert.Equal(CatalogRefusal.NodeMissing, refused.Reason);
        await Deregister("nope", null, null);
        await Deregister("A B", "w", "c");
        Assert.Equal(["c"], (await _harness.Catalog.QueryChecksAsync(CheckQuery.All)).Body.Select(static one => one.Check.CheckId));
        Assert.Empty(_harness.Catalog.Find("w").All);
        await Deregister("A B", "", "c");
        Assert.Empty((await _harness.Catalog.QueryChecksAsync(CheckQuery.All)).Body);
        await Deregister("A B", null, null);
        Assert.Null(_harness.Catalog.FindNode("a b"));

        Task Deregister(string node, string? service, string? check) => _harness.Catalog.DeregisterAsync(new CatalogDeregistration
        {
            Node = node, ServiceId = service, CheckId = check, Ownership = CatalogOwnership.Consul,
        }).AsTask();
    });

    [Fact]
    public void Checks_OfAnInstance_AreThoseOfTheNodeFirst() => _harness.Kernel.Run(async () =>
    {
        CatalogRegistration registration = Consul("n1", "h", "w");
        foreach ((string id, string? service) in (ReadOnlySpan<(string, string?)>)[("z", "w"), ("m", null), ("B", "w"), ("a", null)])
        {
            registration.Checks.Add(new CatalogCheckRegistration { Name = id, ServiceId = service });
        }

        await _harness.Catalog.RegisterAsync(registration);
        Assert.Equal(["a", "m", "B", "z"], _harness.Catalog.Find("w").All[0].Checks.Select(static check => check.CheckId));
    });

    private static CatalogRegistration Refused(string name)
    {
        CatalogRegistration r = Consul("n1", "h", "web");
        switch (name)
        {
            case "nothing": return Consul("", "");
            case "no address": return Consul("n1", "");
            case "empty service": return Consul("n1", "h", "");
            case "service without name": (r.Service!.Name, r.Service.Id) = ("", "x"); break;
            case "0.0.0.0" or "::" or "[::]": r.Service!.Address = name; break;
            case "blank meta": r.Service!.Meta[""] = "v"; break;
            case "odd meta": r.Service!.Meta["a b"] = "v"; break;
            case "long meta": r.Service!.Meta[new string('k', 129)] = "v"; break;
            case "reserved meta": r.Service!.Meta["consul-x"] = "v"; break;
            case "long value": r.Service!.Meta["k"] = new string('ü', 257); break;
            case "much meta": r.Service!.Meta = Enumerable.Range(0, 65).ToDictionary(static i => $"k{i}", static _ => ""); break;
            case "check elsewhere": r.Checks.Add(new CatalogCheckRegistration { Name = "c", Node = "N1" }); break;
            case "check without name": r.Checks.Add(new CatalogCheckRegistration()); break;
            case "check of no service": r.Checks.Add(new CatalogCheckRegistration { Name = "c", ServiceId = "nope" }); break;
            case "zero": r.Service!.Id = "a\0b"; break;
            case "null tags": r.Service!.Tags = null!; break;
            case "half a character": r.Service!.Tags = ["\ud800"]; break;
            default: throw new ArgumentException(name);
        }

        return r;
    }

    private static CatalogRegistration Consul(string node, string address, string? service = null) => new()
    {
        Node = node,
        Address = address,
        Service = service is null ? null : new ServiceRegistration { Name = service },
        Ownership = CatalogOwnership.Consul,
    };

    private static CatalogRegistration WithId(CatalogRegistration registration, string id)
    {
        registration.NodeId = new Guid(id);
        return registration;
    }
}
