namespace Discovery.Catalog;

public sealed class ServiceSlotTests
{
    [Fact]
    public async Task View_ReadersOnThreadsWhileOneWriterApplies_NeverGoesBackAndEndsAtTheLast()
    {
        const int changes = 100_000;
        var parts = new EncodedCatalog(ringBytes: 1024 * 1024);
        parts.Begin();
        for (int i = 0; i < 40; i++)
        {
            parts.Apply(Make.Register("n1", $"web{i:D2}", "web"));
        }

        var reference = new ServiceReference(parts.Views, "web");
        ulong published = parts.State.Current.Index;
        bool isDone = false;
        int builds = 0;
        Task[] readers = [.. Enumerable.Range(0, 3).Select(reader => Task.Factory.StartNew(
            () =>
            {
                ulong last = 0;
                while (!Volatile.Read(ref isDone))
                {
                    ulong atLeast = Volatile.Read(ref published);
                    ServiceView view = reader == 0 ? reference.View : parts.Views.Find("web");
                    Assert.True(view.Index >= last, $"index {view.Index} after {last}");
                    Assert.True(view.Index >= atLeast, $"index {view.Index}, though {atLeast} was answered before");
                    Assert.Equal(40, view.All.Count);
                    builds += view.Index > last ? 1 : 0;
                    last = view.Index;
                }
            },
            TaskCreationOptions.LongRunning))];
        for (int i = 0; i < changes; i++)
        {
            parts.Apply(Make.Register("n1", $"web{i % 40:D2}", "web", port: 1 + (i % 60_000)));
            Volatile.Write(ref published, parts.State.Current.Index);
        }

        Volatile.Write(ref isDone, true);
        await Task.WhenAll(readers);
        Assert.True(builds > 100, $"the readers saw {builds} views only");
        ServiceView end = parts.Views.Find("web");
        Assert.Equal(parts.State.Current.Index, end.Index);
        Assert.Same(end, reference.View);
        AssertSame(parts.Instances("web"), end.All);
    }

    [Fact]
    public void Slots_OfExtinctServices_GoAway()
    {
        var parts = new EncodedCatalog(ringBytes: 64 * 1024);
        parts.Begin();
        parts.Apply(Make.Register("n1", "keep", "keep"));
        for (int batch = 0; batch < 500; batch++)
        {
            parts.Apply([.. Enumerable.Range(batch * 200, 200).Select(static i => Make.Register("n2", $"x{i}", $"svc-{i}"))]);
            Assert.Equal(201, parts.Views.SlotCount);
            Assert.Single(parts.Views.Find($"svc-{batch * 200}").All);
            parts.Apply(Make.Deregister("n2"));
        }

        Assert.Equal(1, parts.Views.SlotCount);
        Assert.Same(ServiceView.Empty, parts.Views.Find("svc-99999"));
    }

    [Fact]
    public void Reference_ServiceThatComesGoesAndComesBack_FollowsIt()
    {
        var parts = new EncodedCatalog();
        parts.Begin();
        var reference = new ServiceReference(parts.Views, "Web");
        Assert.Same(ServiceView.Empty, reference.View);
        for (int i = 0; i < 3; i++)
        {
            parts.Apply(Make.Register("n1", "web1", "web"));
            Assert.Equal("web1", reference.Pick()!.Id);
            Assert.Same(parts.Views.Find("web"), reference.View);
            parts.Apply(Make.Deregister("n1", "web1"));
            Assert.Same(ServiceView.Empty, reference.View);
        }

        Assert.Equal("Web", reference.Name);
    }

    [Fact]
    public void View_AfterARestore_ShowsTheRestoredState()
    {
        var parts = new EncodedCatalog();
        parts.Begin();
        parts.Apply([.. Enumerable.Range(0, 50).Select(i => Make.Register("n1", $"web{i:D2}", "web"))]);
        StateSnapshot kept = parts.State.Current;
        Assert.Equal(50, parts.Views.Find("web").All.Count);
        parts.Apply([Make.Register("n1", "web99", "web"), Make.Register("n1", "late", "late")]);
        Assert.Equal(51, parts.Views.Find("web").All.Count);
        Assert.Single(parts.Views.Find("late").All);
        parts.State.Restore(kept, parts.State.Current.Index + 1, Guid.NewGuid(), TimeSpan.Zero);
        Assert.Equal(50, parts.Views.Find("web").All.Count);
        Assert.Same(ServiceView.Empty, parts.Views.Find("late"));
        Assert.Equal(1, parts.Views.SlotCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void View_RandomHistoryReadNowAndThen_EqualsAFullRead(int seed)
    {
        var parts = new EncodedCatalog(ringBytes: seed == 3 ? 4_000 : 1_000_000);
        parts.Begin();
        parts.Apply([.. Enumerable.Range(0, 60).Select(i => Make.Register($"m{i % 20}", $"web{i}", i % 3 == 0 ? "api" : "web"))]);
        var history = new CatalogHistory(seed);
        var random = new Random(seed);
        for (int i = 0; i < 4000; i++)
        {
            parts.Apply([history.Next()]);
            if (random.Next(3) == 0)
            {
                string name = CatalogHistory.Services[random.Next(4)];
                ServiceInstance[] expected = parts.Instances(name);
                ServiceView view = parts.Views.Find(name);
                AssertSame(expected, view.All);
                AssertSame(Array.FindAll(expected, static one => one.IsPassing), view.Passing);
                if (random.Next(2) == 0)
                {
                    AssertSame(Array.FindAll(expected, static one => one.IsAvailable), view.Available);
                }
            }
        }

        Assert.Null(parts.State.Fault);
    }

    [Fact]
    public void View_OneChangeInALargeService_KeepsTheObjectsOfTheOthers()
    {
        var parts = new EncodedCatalog();
        parts.Begin();
        parts.Apply([.. Enumerable.Range(0, 1000).Select(i => Make.Register($"n{i % 100}", $"web{i}", "web"))]);
        ServiceView first = parts.Views.Find("web");
        parts.Apply(Make.Register(Make.Check("n7", "c", CheckStatus.Critical, "web7")));
        ServiceView second = parts.Views.Find("web");
        Assert.Equal(999, second.All.Intersect(first.All).Count());
        parts.Apply(Make.Register(Make.Check("n7", "disk", CheckStatus.Warning)));
        ServiceView third = parts.Views.Find("web");
        Assert.Equal(990, third.All.Intersect(second.All).Count());
        AssertSame(parts.Instances("web"), third.All);
        parts.Apply(Make.Deregister("n7"));
        AssertSame(parts.Instances("web"), parts.Views.Find("web").All);
        Assert.Equal(990, parts.Views.Find("web").All.Intersect(third.All).Count());
    }

    private static void AssertSame(IReadOnlyList<ServiceInstance> expected, IReadOnlyList<ServiceInstance> actual)
    {
        Assert.Equal(expected.Select(static one => one.ToString()), actual.Select(static one => one.ToString()));
        Assert.All(expected.Zip(actual), static pair => Assert.True(pair.First.IsSameAs(pair.Second), pair.First.ToString()));
        Assert.All(expected.Zip(actual), static pair => Assert.Same(pair.First.Service, pair.Second.Service));
    }
}
