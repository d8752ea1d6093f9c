namespace Discovery.Catalog;

public sealed class ServiceRewindTests
{
    private readonly EncodedCatalog _parts = new();

    [Theory]
    [InlineData(1, 64 * 1024 * 1024)]
    [InlineData(2, 64 * 1024 * 1024)]
    [InlineData(3, 64 * 1024 * 1024)]
    [InlineData(4, 40_000)]
    [InlineData(5, 40_000)]
    [InlineData(6, 40_000)]
    public void TryRead_BetweenAnyTwoPointsOfARandomHistory_EqualsTheNaiveDifferences(int seed, long ringBytes)
    {
        var parts = new EncodedCatalog(ringBytes);
        parts.Begin();
        var history = new CatalogHistory(seed);
        var random = new Random(seed);
        List<StateSnapshot> snapshots = [parts.State.Current];
        for (int i = 0; i < 500; i++)
        {
            if (random.Next(40) == 0)
            {
                byte[] reap = State.SystemCommands.EncodeReapTopics(parts.State.Current.Index - (ulong)random.Next(10), 100);
                parts.Apply((SystemCommand.ReapTopics, reap));
            }
            else
            {
                parts.Apply([history.Next()]);
            }

            snapshots.Add(parts.State.Current);
        }

        int known = 0;
        foreach (string service in (string[])["web", "api", "db"])
        {
            ServiceInstance[][] looks =
                [.. snapshots.Select(snapshot => parts.Reader.ReadInstances(snapshot, CatalogKeys.Folded(service)))];
            for (int i = 0; i < 300; i++)
            {
                int after = random.Next(snapshots.Count);
                int upTo = random.Next(after, snapshots.Count);
                known += CheckRange(parts, service, snapshots, looks, (after, upTo)) ? 1 : 0;
            }
        }

        Assert.True(ringBytes < 100_000 ? known is > 50 and < 900 : known == 900, $"{known} ranges were known");
    }

    // P: 1. an instance leaves, 2. its node changes, 3. it comes back. What it was before 1 has the node of before 1.
    [Fact]
    public void TryRead_NodeChangedWhileTheInstanceWasAway_TellsTheOldNode()
    {
        Begin(Make.Register("n1", "web1", "web"), Make.Register(Make.Check("n1", "disk", CheckStatus.Passing)));
        StatePosition position = _parts.State.Current.Position;
        _parts.Apply(Make.Deregister("n1", "web1"));
        _parts.Apply(Make.Register(Make.Check("n1", "disk", CheckStatus.Critical)));
        _parts.Apply(Make.Register("n1", "web1", "web"));
        List<ServiceStep> steps = Read(position);
        Assert.Equal([CheckStatus.Passing, null], steps.Select(static step => step.Deltas[0].Old?.Status));
        ServiceDelta net = Assert.Single(ServiceRewind.Merge(steps));
        Assert.Equal((CheckStatus.Passing, CheckStatus.Critical), (net.Old!.Status, net.New!.Status));
    }

    [Fact]
    public void TryRead_CheckAddedWhileTheInstanceHadAnotherName_IsNotInItsOldLook()
    {
        Begin(Make.Register("n1", "web1", "web"), Make.Register(Make.Check("n1", "c1", CheckStatus.Passing, "web1")));
        StatePosition position = _parts.State.Current.Position;
        _parts.Apply(Make.Register("n1", "web1", "api"));
        _parts.Apply(Make.Register(Make.Check("n1", "c2", CheckStatus.Passing, "web1")));
        _parts.Apply(Make.Register("n1", "web1", "web"));
        List<ServiceStep> steps = Read(position);
        Assert.Equal(["c1"], steps[0].Deltas[0].Old!.Checks.Select(static check => check.CheckId));
        Assert.Equal(["c1", "c2"], steps[1].Deltas[0].New!.Checks.Select(static check => check.CheckId));
    }

    [Fact]
    public void TryRead_NodeRenamed_RemovesTheOldInstanceAndItsOldNode()
    {
        var id = new Guid(1, 0, 0, new byte[8]);
        Begin(new RegisterCommand { Node = Make.Node("old", id), Service = Make.Service("old", "web1", "web") });
        StatePosition position = _parts.State.Current.Position;
        _parts.Apply(new RegisterCommand { Node = Make.Node("new", id), Service = Make.Service("new", "web1", "web") });
        ServiceStep step = Assert.Single(Read(position));
        Assert.Equal(["new", "old"], step.Deltas.Select(static delta => delta.Instance.Node.Name));
        Assert.Equal(("old", null), (step.Deltas[1].Old!.Node.Name, step.Deltas[1].New));
    }

    [Fact]
    public void TryRead_DrainAndNodeMove_AreChangesOfTheInstance()
    {
        Begin(Make.Register("n1", "web1", "web"));
        StatePosition position = _parts.State.Current.Position;
        _parts.Apply(new RegisterCommand
        {
            Node = Make.Node("n1"), Service = Make.Service("n1", "web1", "web") with { IsDraining = true },
        });
        _parts.Apply(new RegisterCommand { Node = Make.Node("n1") with { Address = "10.0.0.9" } });
        List<ServiceStep> steps = Read(position);
        Assert.Equal([(false, true), (true, true)], steps.Select(static step =>
            (step.Deltas[0].Old!.Service.IsDraining, step.Deltas[0].New!.Service.IsDraining)));
        Assert.Equal(("10.0.0.1", "10.0.0.9"), (steps[1].Deltas[0].Old!.Address, steps[1].Deltas[0].New!.Address));
    }

    private static bool CheckRange(
        EncodedCatalog parts, string service, List<StateSnapshot> snapshots, ServiceInstance[][] looks, (int After, int UpTo) range)
    {
        var steps = new List<ServiceStep>();
        if (!ServiceRewind.TryRead(
            parts.Reader, parts.State, service, snapshots[range.After].Position, snapshots[range.UpTo], steps))
        {
            return false;
        }

        List<ServiceStep> expected = [.. Enumerable.Range(range.After, range.UpTo - range.After)
            .Select(i => new ServiceStep(snapshots[i + 1].Index, Difference(looks[i], looks[i + 1])))
            .Where(static step => step.Deltas.Count > 0)];
        Assert.Equal(expected.Select(Show), steps.Select(Show));
        foreach ((ServiceStep one, ServiceStep other) in expected.Zip(steps))
        {
            AssertSame(one.Deltas, other.Deltas);
        }

        AssertSame(Difference(looks[range.After], looks[range.UpTo]), ServiceRewind.Merge(steps));
        return true;
    }

    private static List<ServiceDelta> Difference(ServiceInstance[] before, ServiceInstance[] after)
    {
        Dictionary<RowKey, ServiceInstance> old = before.ToDictionary(KeyOf);
        Dictionary<RowKey, ServiceInstance> now = after.ToDictionary(KeyOf);
        return [.. new SortedSet<RowKey>(old.Keys.Concat(now.Keys))
            .Select(key => new ServiceDelta(old.GetValueOrDefault(key), now.GetValueOrDefault(key)))
            .Where(static delta => delta.Old is null || !delta.Old.IsSameAs(delta.New))];
    }

    private static RowKey KeyOf(ServiceInstance instance) => new(instance.Node.Name, instance.Id);

    private static void AssertSame(List<ServiceDelta> expected, List<ServiceDelta> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        Assert.All(expected.Zip(actual), static pair =>
        {
            Assert.True(pair.First.Old is null ? pair.Second.Old is null : pair.First.Old.IsSameAs(pair.Second.Old));
            Assert.True(pair.First.New is null ? pair.Second.New is null : pair.First.New.IsSameAs(pair.Second.New));
        });
    }

    private static string Show(ServiceStep step) =>
        $"{step.Index}: " + string.Join(", ", step.Deltas.Select(static delta => $"{delta.Old} -> {delta.New}"));

    private void Begin(params RegisterCommand[] commands)
    {
        _parts.Begin();
        _parts.Apply(commands);
    }

    private List<ServiceStep> Read(StatePosition after)
    {
        var steps = new List<ServiceStep>();
        Assert.True(ServiceRewind.TryRead(_parts.Reader, _parts.State, "web", after, _parts.State.Current, steps));
        return steps;
    }
}
