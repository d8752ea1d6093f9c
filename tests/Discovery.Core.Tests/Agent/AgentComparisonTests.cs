using Discovery.Catalog;

namespace Discovery.Agent;

/// <summary>Looking only at what may differ gives the plan that looking at everything gives, after any history.</summary>
public class AgentComparisonTests
{
    private static readonly string[] s_services = ["a", "b", "c", "d", "e"];
    private static readonly string[] s_checks = ["1", "2", "3", "4", "5", "6", "7"];
    private static readonly string?[] s_owners = ["n1", "n1", null, "other"];

    [Theory]
    [InlineData(64 * 1024 * 1024, 60)]
    [InlineData(3_000, 60)]
    public void Compare_RandomHistory_IsThePlanOfComparingEverything(long ringBytesMax, int seeds)
    {
        long comparisons = 0;
        long full = 0;
        for (int seed = 1; seed <= seeds; seed++)
        {
            var history = new History(seed, ringBytesMax);
            history.Run();
            comparisons += history.Comparisons;
            full += history.FullComparisons;
        }

        // Both ways were taken often: else this test says nothing.
        Assert.InRange(full, comparisons / 20, comparisons / 2);
    }

    private sealed class History
    {
        private readonly AgentFixture _node;
        private readonly Random _random;
        private readonly AgentComparison _comparison;
        private AgentState _state = new()
        {
            Node = new AgentIdentity { Name = AgentFixture.Node, Address = "10.0.0.1", Datacenter = "dc1" }.ToRow(),
            KeepsUnknown = true,
        };

        public History(int seed, long ringBytesMax)
        {
            _node = new AgentFixture(seed, state: new StateMachineOptions { RingBytesMax = ringBytesMax });
            _random = _node.Kernel.CreateRandom();
            _comparison = new AgentComparison(_node.Machine, _node.Module.Tables, CatalogKeys.Folded(AgentFixture.Node));
        }

        public int Comparisons { get; private set; }

        public long FullComparisons => _comparison.FullComparisons;

        public void Run() => _node.Run(async () =>
        {
            for (int i = 0; i < 300; i++)
            {
                if (_random.Next(2) == 0)
                {
                    _state = Change(_state);
                }
                else
                {
                    await DisturbAsync();
                }

                if (_random.Next(3) == 0)
                {
                    await CompareAsync();
                }
            }
        });

        private static void AssertSame(AgentPlan expected, AgentPlan actual)
        {
            Assert.Equal(expected.Conflicts, actual.Conflicts);
            Assert.Equal(expected.AdoptedTags, actual.AdoptedTags, ReferenceEqualityComparer.Instance);
            Assert.Equal(expected.Steps.Select(static step => step.Key), actual.Steps.Select(static step => step.Key));
            foreach ((AgentStep one, AgentStep other) in expected.Steps.Zip(actual.Steps))
            {
                Assert.Same(one.Source, other.Source);
                Assert.Same(one.Context, other.Context);
                Assert.Equal((one.ServiceId, one.IsNode), (other.ServiceId, other.IsNode));
                Assert.Equal(one.CheckIds, other.CheckIds);
                Assert.Equal(one.Deregister, other.Deregister);
                Assert.Equal(one.Register is null, other.Register is null);
                Assert.Equal(one.Register?.Service is null, other.Register?.Service is null);
                Assert.True(one.Register?.Service is not { } service || CatalogRows.AreSame(service, other.Register!.Service!));
                Assert.Equal(one.Register?.Checks, other.Register?.Checks, ReferenceEqualityComparer.Instance);
            }
        }

        private async Task CompareAsync()
        {
            if (_random.Next(40) == 0)
            {
                _comparison.Forget();
            }

            NodeRows rows = _node.Rows;
            AgentPlan expected = AgentDiff.Compare(_state, rows);
            (AgentPlan plan, NodeRows read, AgentScope? scope) = _comparison.Compare(_state);
            AssertSame(expected, plan);
            AgentState forgotten = _state.ForgetRemovals(rows);
            _state = _state.WithoutTouched().AdoptTags(plan.AdoptedTags).ForgetRemovals(read, scope);
            Assert.Equal(forgotten.RemovedServices, _state.RemovedServices);
            Assert.Equal(forgotten.RemovedChecks, _state.RemovedChecks);
            Comparisons++;

            // Some writes get through, some do not.
            int lost = _random.Next(3);
            foreach (AgentStep step in plan.Steps.Where(_ => lost == 0 || _random.Next(3) >= lost))
            {
                _ = step.Register is { } register
                    ? await _node.Outside.ExecuteAsync(_node.Module.Register, register, step.Context)
                    : await _node.Outside.ExecuteAsync(_node.Module.Deregister, step.Deregister!, step.Context);
            }
        }

        private AgentState Change(AgentState state)
        {
            string service = Any(s_services);
            string check = Any(s_checks);
            switch (_random.Next(11))
            {
                case 0 or 1 or 2:
                    var entry = new AgentServiceEntry
                    {
                        Row = Service(service, AgentFixture.Node) with { EnableTagOverride = _random.Next(2) == 0 },
                        Context = CallContext.Local,
                    };
                    AgentCheckEntry[] declared =
                    [
                        .. s_checks.Where(id => _random.Next(4) == 0 && (state.HolderOf(id) ?? service) == service)
                            .Select(id => Entry(id, service) with { IsDeclared = true }),
                    ];
                    return state.PutService(entry, declared);
                case 3:
                    return state.RemoveService(service, DepartureReason.Deregistered);
                case 4 or 5:
                    string holder = state.HolderOf(check) ?? (state.Services.ContainsKey(service) ? service : "");
                    return state.PutCheck(Entry(check, holder));
                case 6:
                    return state.RemoveCheck(check);
                case 7 or 8:
                    return state.FindCheck(check) is { } known
                        ? state.SetStatus(known.Key, (CheckStatus)_random.Next(3), Any(s_checks))
                        : state;
                case 9:
                    return state.Drain(_random.Next(4) == 0 ? null : service);
                default:
                    return _random.Next(6) == 0 ? state.RemoveAll(DepartureReason.AgentStopped)
                        : state with { KeepsUnknown = _random.Next(2) == 0 };
            }
        }

        // Writes by anybody, on this node or on another one.
        private async Task DisturbAsync()
        {
            string node = _random.Next(6) == 0 ? "n2" : _random.Next(6) == 0 ? "N1" : AgentFixture.Node;
            string? owner = s_owners[_random.Next(s_owners.Length)];
            string service = Any(s_services);
            switch (_random.Next(12))
            {
                case 0 or 1 or 2 or 3 or 4 or 5:
                    bool isWithService = _random.Next(3) > 0;
                    var register = new RegisterCommand
                    {
                        Node = new CatalogNode { Name = node, Address = Any(["10.0.0.1", "10.0.0.2"]), Datacenter = "dc1" },
                        SkipNodeUpdate = _random.Next(4) > 0 && (node == "n2" ? _node.State.Get(
                            _node.Module.Tables.Nodes, CatalogKeys.Folded(node)) : _node.Rows.Node) is not null,
                        Service = isWithService ? Service(service, node) : null,
                        Checks =
                        [
                            .. s_checks.Where(_ => _random.Next(4) == 0)
                                .Select(id => Check(id, isWithService && _random.Next(2) == 0 ? service : "", node)),
                        ],
                        Owner = owner,
                    };
                    await _node.Outside.ExecuteAsync(_node.Module.Register, register, CallContext.Local);
                    break;
                case 6 or 7:
                    await DeregisterAsync(node, service, "");
                    break;
                case 8 or 9 or 10:
                    await DeregisterAsync(node, "", Any(s_checks));
                    break;
                default:
                    await (_random.Next(3) == 0 ? RestoreAsync() : DeregisterAsync(node, "", ""));
                    break;
            }
        }

        private async Task DeregisterAsync(string node, string serviceId, string checkId) => await _node.Outside.ExecuteAsync(
            _node.Module.Deregister,
            new DeregisterCommand { Node = node, ServiceId = serviceId, CheckId = checkId },
            CallContext.Local);

        private async Task RestoreAsync()
        {
            using var kept = new MemoryStream();
            _node.Machine.WriteSnapshot(kept);
            await DeregisterAsync(AgentFixture.Node, Any(s_services), "");
            kept.Position = 0;
            await _node.Log.RestoreAsync(kept, new Guid(_random.Next(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 2));
        }

        private string Any(string[] among) => among[_random.Next(among.Length)];

        private CatalogService Service(string id, string node) => new()
        {
            Node = node,
            Id = id,
            Name = id,
            Port = _random.Next(1, 3),
            Tags = _random.Next(2) == 0 ? [] : ["t"],
            Owner = AgentFixture.Node,
        };

        private CatalogCheck Check(string id, string service, string node) => new()
        {
            Node = node,
            CheckId = id,
            ServiceId = service,
            ServiceName = service,
            Status = (CheckStatus)_random.Next(3),
            Owner = AgentFixture.Node,
        };

        private AgentCheckEntry Entry(string id, string service) =>
            new() { Row = Check(id, service, AgentFixture.Node), Context = CallContext.Local };
    }
}
