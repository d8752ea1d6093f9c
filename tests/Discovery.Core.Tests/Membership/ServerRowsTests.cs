using Discovery.Agent;
using Discovery.DependencyInjection;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Discovery.Membership;

/// <summary>A server in its own catalog, as Consul 1.8.7 shows itself there; the values were read from a real one.</summary>
public sealed class ServerRowsTests
{
    private static readonly Guid s_id = new("6242d844-9194-7b3c-2bb9-b01162ef4c67");

    [Fact]
    public void Start_Server_HasTheRowsOfAConsulServer() => Run(options => options.ServerPort = 28300, async node =>
    {
        CatalogNode row = (await node.Catalog.QueryNodesAsync(new NodeQuery())).Body.Single();
        ServiceInstance consul = node.Catalog.Find("consul").Passing.Single();

        Assert.Equal(("n1", s_id, "10.0.0.1", "dc1", "n1"), (row.Name, row.Id, row.Address, row.Datacenter, row.Owner));
        Assert.Equal(
            ["lan=10.0.0.1", "lan_ipv4=10.0.0.1", "wan=10.0.0.1", "wan_ipv4=10.0.0.1"],
            row.TaggedAddresses.Select(static pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal(["consul-network-segment="], row.Meta.Select(static pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal(
            ("consul", "consul", 28300, "", null),
            (consul.Service.Id, consul.Service.Name, consul.Service.Port, consul.Service.Address, consul.Service.Owner));
        Assert.Empty(consul.Service.Tags);
        Assert.Equal(
            [
                "non_voter=false", "raft_version=3", "serf_protocol_current=2", "serf_protocol_max=5", "serf_protocol_min=1",
                "version=1.8.7",
            ],
            consul.Service.Meta.Select(static pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal(
            ["serfHealth/Serf Health Status/Passing/Agent alive and reachable//"],
            consul.Checks.Select(static c => $"{c.CheckId}/{c.Name}/{c.Status}/{c.Output}/{c.Type}/{c.Notes}"));
    });

    [Fact]
    public void Members_Server_HasAllTagsOfAConsulServer() => Run(static _ => { }, node =>
    {
        IMembershipSource source = node.Get<IMembershipSource>();
        Member lan = source.Members.Single();
        Member wan = source.WanMembers.Single();

        string[] tags =
        [
            "acls=0", "build=1.8.7:", "dc=dc1", "ft_fs=1", $"id={s_id}", "port=8300", "raft_vsn=3", "role=consul", "segment=", "vsn=2",
            "vsn_max=3", "vsn_min=2",
        ];
        Assert.Equal(("n1", "10.0.0.1", 8301, MemberStatus.Alive), (lan.Name, lan.Address, lan.Port, lan.Status));
        Assert.Equal([.. tags, "wan_join_port=8302"], lan.Tags.Select(static pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal(
            (1, 5, 2, 2, 5, 4),
            (lan.ProtocolMin, lan.ProtocolMax, lan.ProtocolCur, lan.DelegateMin, lan.DelegateMax, lan.DelegateCur));
        Assert.Equal(("n1.dc1", "10.0.0.1", 8302, MemberStatus.Alive), (wan.Name, wan.Address, wan.Port, wan.Status));
        Assert.Equal(tags, wan.Tags.Select(static pair => $"{pair.Key}={pair.Value}"));
        return Task.CompletedTask;
    });

    [Fact]
    public void Agent_Server_DoesNotListTheRowsAndLeavesThem() => Run(static _ => { }, async node =>
    {
        Assert.Empty(node.Node.Agent.Services);
        Assert.Empty(node.Node.Agent.Checks);

        // Two full comparisons, each of which takes out what the agent owns and does not know.
        await node.Kernel.AdvanceAsync(TimeSpan.FromMinutes(3));

        Assert.Single(node.Catalog.Find("consul").Passing);
    });

    [Theory]
    [InlineData(null, null)]
    [InlineData("consul", null)]
    [InlineData(null, "serfHealth")]
    public void Deregister_OfTheRows_BringsThemBack(string? service, string? check) => Run(static _ => { }, async node =>
    {
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
        ulong before = node.Catalog.Find("consul").Index;
        await node.Catalog.DeregisterAsync(new CatalogDeregistration
        {
            Node = "n1",
            ServiceId = service,
            CheckId = check,
            Ownership = CatalogOwnership.Consul,
        });
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(2));

        ServiceInstance consul = node.Catalog.Find("consul").Passing.Single();
        Assert.True(node.Catalog.Find("consul").Index > before);
        Assert.Equal(("10.0.0.1", 4), (consul.Node.Address, consul.Node.TaggedAddresses.Count));
        Assert.Equal("serfHealth", consul.Checks.Single().CheckId);
    });

    [Fact]
    public void Name_OfANodeThatIsNoMember_AsARestoredSnapshotHasIt_IsTakenBack() => Run(static _ => { }, async node =>
    {
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
        var stranger = new Guid("00000000-0000-0000-0000-000000000009");
        await node.Catalog.DeregisterAsync(new CatalogDeregistration { Node = "n1", Ownership = CatalogOwnership.Consul });
        await node.Catalog.RegisterAsync(new CatalogRegistration
        {
            Node = "n1",
            NodeId = stranger,
            Address = "10.0.0.9",
            Checks = { new CatalogCheckRegistration { CheckId = "serfHealth", Status = CheckStatus.Passing } },
            Ownership = CatalogOwnership.Consul,
        });
        Assert.Equal(stranger, (await node.Catalog.QueryNodesAsync(new NodeQuery())).Body.Single().Id);
        await node.Kernel.AdvanceAsync(TimeSpan.FromMinutes(3));

        CatalogNode row = (await node.Catalog.QueryNodesAsync(new NodeQuery())).Body.Single();
        Assert.Equal((s_id, "10.0.0.1"), (row.Id, row.Address));
        Assert.Equal("serfHealth", node.Catalog.Find("consul").Passing.Single().Checks.Single().CheckId);
        Assert.Equal(
            [
                $"1213 Warning The catalog shows n1 with another id, {stranger}, which is no member of this cluster, as after the snapshot "
                    + "of another one was restored: this node takes the name",
            ],
            node.Told.Where(static line => line.StartsWith("1213", StringComparison.Ordinal)));
    });

    [Fact]
    public void FreeName_OfAMember_IsNotGiven()
    {
        var identity = new AgentIdentity { Name = "n1", Id = s_id, Address = "10.0.0.1", Datacenter = "dc1" };
        var holder = new Guid("00000000-0000-0000-0000-000000000009");
        Member own = MemberOf("n1", s_id);
        Assert.NotNull(MemberRows.FreeName([own], identity, holder));
        Assert.Null(MemberRows.FreeName([own, MemberOf("n9", holder)], identity, holder));
        Assert.Null(MemberRows.FreeName([MemberOf("n2", Guid.NewGuid())], identity, holder));
    }

    private static Member MemberOf(string name, Guid id) => new()
    {
        Name = name,
        Address = "10.0.0.1",
        Tags = new Dictionary<string, string> { [MemberTags.Id] = id.ToString("D") },
    };

    [Fact]
    public void SomebodyWhoKeepsOverwritingARow_CostsOneWriteASecond() => Run(static _ => { }, async node =>
    {
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
        ulong before = node.Catalog.Snapshot.Index;
        for (int i = 0; i < 40; i++)
        {
            await node.Catalog.RegisterAsync(new CatalogRegistration
            {
                Node = "n1",
                SkipNodeUpdate = true,
                Checks = { new CatalogCheckRegistration { CheckId = "serfHealth", Status = CheckStatus.Critical, Output = $"{i}" } },
                Ownership = CatalogOwnership.Consul,
            });
            await node.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(100));
        }

        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Single(node.Catalog.Find("consul").Passing);
        Assert.InRange(node.Catalog.Snapshot.Index - before, 41ul, 46ul);
    });

    [Fact]
    public void RegisterServiceAsync_WithTheIdConsul_StaysUntilItIsTakenOut() => Run(static _ => { }, async node =>
    {
        await node.Node.Agent.RegisterServiceAsync(new ServiceRegistration { Name = "consul", Port = 1 });
        ulong before = node.Catalog.Snapshot.Index;
        await node.Kernel.AdvanceAsync(TimeSpan.FromMinutes(2));
        ulong after = node.Catalog.Snapshot.Index;
        int port = node.Catalog.Find("consul").All.Single().Service.Port;
        await node.Node.Agent.DeregisterServiceAsync("consul");
        await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal((before, 1), (after, port));
        Assert.Equal(8300, node.Catalog.Find("consul").All.Single().Service.Port);
    });

    [Fact]
    public void Members_WithFurtherTags_HaveThemBesideTheirOwn() => Run(
        static options =>
        {
            options.MemberTags["bootstrap"] = "1";
            options.MemberTags["role"] = "node";
            options.SerfWanPort = -1;
        },
        node =>
        {
            Member member = node.Get<IMembershipSource>().Members.Single();

            Assert.Equal(("1", "consul"), (member.Tags["bootstrap"], member.Tags["role"]));
            Assert.False(member.Tags.ContainsKey("wan_join_port"));
            Assert.Empty(node.Get<IMembershipSource>().WanMembers);
            return Task.CompletedTask;
        });

    [Fact]
    public void Start_WithoutServerRows_HasTheBareNode() => Run(static options => options.RegistersServer = false, async node =>
    {
        CatalogNode row = (await node.Catalog.QueryNodesAsync(new NodeQuery())).Body.Single();

        Assert.Empty(row.TaggedAddresses);
        Assert.Empty(row.Meta);
        Assert.Empty(node.Catalog.Find("consul").All);
        Assert.Single(node.Get<IMembershipSource>().Members);
    });

    [Theory]
    [InlineData("fd00::1", "lan=fd00::1,lan_ipv6=fd00::1,wan=192.0.2.1,wan_ipv4=192.0.2.1")]
    [InlineData("host.example", "lan=host.example,wan=192.0.2.1,wan_ipv4=192.0.2.1")]
    public void TaggedAddresses_ByFamily(string lan, string expected) =>
        Assert.Equal(
            expected, string.Join(',', ServerIdentity.TaggedAddresses(lan, "192.0.2.1").Select(static pair => $"{pair.Key}={pair.Value}")));

    [Fact]
    public void JoinAsync_OwnAddressAndOthers_CountsTheOwn() => Run(static _ => { }, async node =>
    {
        IMembershipSource source = node.Get<IMembershipSource>();

        Assert.Equal(3, await source.JoinAsync(["10.0.0.1", "10.0.0.1:8301", "127.0.0.1", "10.0.0.2"], MemberPool.Lan));
        Assert.Equal(1, await source.JoinAsync(["127.0.0.1:8302"], MemberPool.Wan));
        DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
            async () => await source.JoinAsync(["10.0.0.2", "127.0.0.1:1"], MemberPool.Lan));
        Assert.Equal(
            (DiscoveryError.PeerUnreachable,
                "Failed to join 10.0.0.2: this node gossips with nobody\nFailed to join 127.0.0.1:1: this node gossips with nobody"),
            (e.Error, e.Message));
    });

    [Fact]
    public void ForceLeaveAsync_ItselfAndUnknown_StaysAndThrows() => Run(static _ => { }, async node =>
    {
        IMembershipSource source = node.Get<IMembershipSource>();

        await source.ForceLeaveAsync("n1", ForceLeaveMode.Prune);

        Assert.Equal(MemberStatus.Alive, source.Members.Single().Status);
        foreach (string name in (string[])["zz", "n1.dc1"])
        {
            DiscoveryException e = await Assert.ThrowsAsync<DiscoveryException>(
                async () => await source.ForceLeaveAsync(name, ForceLeaveMode.Leave));
            Assert.Equal((DiscoveryError.NotFound, $"No node found with name '{name}'"), (e.Error, e.Message));
        }
    });

    [Fact]
    public void LeaveAsync_Itself_IsListedAsLeft() => Run(static _ => { }, async node =>
    {
        IMembershipSource source = node.Get<IMembershipSource>();
        IReadOnlyList<Member> before = source.Members;
        ValueTask change = source.WaitForChangeAsync(before);
        bool isEarly = change.IsCompleted;

        await source.LeaveAsync();
        await change;

        Assert.False(isEarly);
        Assert.Equal((MemberStatus.Left, MemberStatus.Left), (source.Members.Single().Status, source.WanMembers.Single().Status));
    });

    [Fact]
    public void MembershipSource_OfAnotherPackage_DecidesWhatTheCatalogShows()
    {
        var source = new PlantedMembership();
        Run(static _ => { }, async node =>
        {
            await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
            string[] joined = await ShowAsync(node);
            source.Set("n2", MemberStatus.Failed);
            await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
            string[] failed = await ShowAsync(node);
            source.Set("n2", MemberStatus.Left);
            await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(2));

            Assert.Equal(["n1 Passing", "n2 Passing"], joined);
            Assert.Equal(["n1 Passing", "n2 Critical"], failed);
            Assert.Equal(["n1 Passing"], await ShowAsync(node));
        }, services => services.AddSingleton<IMembershipSource>(source));
    }

    [Fact]
    public void Witness_AmongTheMembers_IsANodeWithItsCheckAndOffersNothing()
    {
        var source = new PlantedMembership();
        Run(static _ => { }, async node =>
        {
            await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(2));
            Assert.Equal(["n1 Passing", "n2 Passing"], await ShowAsync(node));
            source.Change("n2", static member => member with { Tags = new Dictionary<string, string>(member.Tags) { ["witness"] = "1" } });
            await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(2));

            Assert.Equal(["n1"], node.Catalog.Find("consul").All.Select(static instance => instance.Node.Name));
            Assert.Equal(["n1", "n2"], (await node.Catalog.QueryNodesAsync(new NodeQuery())).Body.Select(static row => row.Name));
            NodeDetails shown = (await node.Catalog.QueryNodeAsync(new NodeServicesQuery("n2"))).Body!;
            Assert.Equal(["serfHealth Passing"], shown.Checks.Select(static check => $"{check.CheckId} {check.Status}"));
            Assert.Empty(shown.Services);
            ulong before = node.Catalog.Snapshot.Index;
            await node.Kernel.AdvanceAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(before, node.Catalog.Snapshot.Index);
        }, services => services.AddSingleton<IMembershipSource>(source));
    }

    private static async Task<string[]> ShowAsync(Started node) =>
    [
        .. (await node.Catalog.QueryNodesAsync(new NodeQuery())).Body.Select(row =>
            $"{row.Name} {node.Catalog.Find("consul").All.Single(instance => instance.Node.Name == row.Name).Status}"),
    ];

    private static void Run(Action<NodeOptions> configure, Func<Started, Task> body, Action<IServiceCollection>? services = null)
    {
        var kernel = new SimulationKernel(1);
        kernel.Run(async () =>
        {
            await using var node = new TestNode(kernel, builder =>
            {
                services?.Invoke(builder.Services);
                builder.Services.Configure<NodeOptions>(options =>
                {
                    options.NodeId = s_id;
                    configure(options);
                });
            });
            await node.StartAsync();
            await body(new Started(kernel, node));
            await node.StopAsync();
        });
    }

    private sealed record Started(SimulationKernel Kernel, TestNode Test)
    {
        public IDiscoveryNode Node => Test.Node;

        public IServiceCatalog Catalog => Test.Catalog;

        /// <summary>What the agent has told in the log.</summary>
        public IReadOnlyList<string> Told => ((RecordingLogger<LocalAgent>)Get<ILogger<LocalAgent>>()).Lines;

        public T Get<T>()
            where T : notnull => Test.Get<T>();
    }

    /// <summary>Two servers, of which a test says how they are.</summary>
    private sealed class PlantedMembership : IMembershipSource
    {
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<Member> Members { get; private set; } = [Server("n1", MemberStatus.Alive), Server("n2", MemberStatus.Alive)];

        public IReadOnlyList<Member> WanMembers => [];

        public void Set(string name, MemberStatus status) => Change(name, member => member with { Status = status });

        public void Change(string name, Func<Member, Member> change)
        {
            Members = [.. Members.Select(member => member.Name == name ? change(member) : member)];
            TaskCompletionSource changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.SetResult();
        }

        public async ValueTask WaitForChangeAsync(IReadOnlyList<Member> seen, CancellationToken cancellationToken = default)
        {
            if (ReferenceEquals(seen, Members))
            {
                await _changed.Task.WaitAsync(cancellationToken);
            }
        }

        public ValueTask<int> JoinAsync(IReadOnlyList<string> addresses, MemberPool pool, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask LeaveAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask ForceLeaveAsync(string node, ForceLeaveMode mode, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        private static Member Server(string name, MemberStatus status) => new()
        {
            Name = name,
            Address = name == "n1" ? "10.0.0.1" : "10.0.0.2",
            Status = status,
            Tags = MemberTags.OfServer(
                new AgentIdentity
                {
                    Name = name,
                    Id = name == "n1" ? s_id : new Guid(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2),
                    Address = "",
                    Datacenter = "dc1",
                },
                new NodeOptions(),
                8302),
        };
    }
}
