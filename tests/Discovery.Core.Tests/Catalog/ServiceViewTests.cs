namespace Discovery.Catalog;

public sealed class ServiceViewTests
{
    private readonly EncodedCatalog _parts = new();

    public ServiceViewTests() => _parts.Begin();

    [Theory]
    [InlineData("web")]
    [InlineData("Web")]
    [InlineData("WEB")]
    public void Find_NameInAnyCase_GivesTheSameView(string name)
    {
        _parts.Apply(Make.Register("n1", "web1", "Web"));
        ServiceView view = _parts.Views.Find(name);
        Assert.Equal(("Web", 2UL), (view.Name, view.Index));
        Assert.Same(_parts.Views.Find("web"), view);
        Assert.Same(view, new ServiceReference(_parts.Views, name).View);
    }

    [Fact]
    public void Find_NameThatIsNotThere_IsEmpty()
    {
        Assert.Same(ServiceView.Empty, _parts.Views.Find("web"));
        Assert.Same(ServiceView.Empty, _parts.Views.Find(new string('W', 10_000)));
        Assert.Same(ServiceView.Empty, _parts.Views.Find("a\0b"));
        Assert.Null(ServiceView.Empty.Pick());
        Assert.Null(ServiceView.Empty.Pick(PickStrategy.RoundRobin));
        Assert.Null(ServiceView.Empty.Pick(PickStrategy.Random));
        Assert.Empty(ServiceView.Empty.WithTag("v1"));
    }

    [Fact]
    public void Lists_InstancesOfAllHealths_AreInOrderOfNodeAndIdAndSelectByHealth()
    {
        foreach (string node in (string[])["n3", "n1", "N2"])
        {
            _parts.Apply(Make.Register(node, "web2", "web"));
            _parts.Apply(Make.Register(node, "web1", "web"));
        }

        _parts.Apply(Make.Register(Make.Check("n1", "c1", CheckStatus.Warning, "web1")));
        _parts.Apply(Make.Register(Make.Check("n1", "c2", CheckStatus.Critical, "web2")));
        _parts.Apply(Make.Register(Make.Check("n3", "disk", CheckStatus.Critical)));
        _parts.Apply(new RegisterCommand
        {
            Node = Make.Node("N2"), SkipNodeUpdate = true, Service = Make.Service("N2", "web2", "web") with { IsDraining = true },
        });
        ServiceView view = _parts.Views.Find("web");
        Assert.Equal(["n1/web1", "n1/web2", "N2/web1", "N2/web2", "n3/web1", "n3/web2"], Names(view.All));
        Assert.Equal(["N2/web1"], Names(view.Passing));
        Assert.Equal(["n1/web1", "N2/web1"], Names(view.Available));
        Assert.Same(view.Available, view.Available);
        Assert.Equal(
            "Warning Critical Passing Passing Critical Critical",
            string.Join(' ', view.All.Select(static instance => instance.Status)));
        Assert.Equal(["disk"], view.All[4].Checks.Select(static check => check.CheckId));
    }

    [Fact]
    public void WithTag_TagInAnyCase_GivesTheAvailableOnesOnceMade()
    {
        _parts.Apply(Make.Register("n1", "a", "web", 80, "V1", "blue"));
        _parts.Apply(Make.Register("n1", "b", "web", 80, "green"));
        _parts.Apply(Make.Register("n1", "c", "web", 80, "v1"));
        _parts.Apply(Make.Register(Make.Check("n1", "c1", CheckStatus.Critical, "c")));
        ServiceView view = _parts.Views.Find("web");
        Assert.Equal(["n1/a"], Names(view.WithTag("v1")));
        Assert.Same(view.WithTag("v1"), view.WithTag("V1"));
        Assert.Empty(view.WithTag("none"));
    }

    [Fact]
    public void Instance_AddressSchemeAndWeight_AreThoseToDial()
    {
        CatalogService service = Make.Service("n1", "a", "web") with
        {
            Address = "fd00::1", Port = 8443, Weights = new ServiceWeights(9, 2), Meta = StringMap.From([new("scheme", "https")]),
        };
        _parts.Apply(new RegisterCommand { Node = Make.Node("n1"), Service = service });
        _parts.Apply(Make.Register("n1", "b", "web", 0));
        Assert.Equal(
            ["https://[fd00::1]:8443/", "http://10.0.0.1/"],
            _parts.Views.Find("web").All.Select(static one => one.Uri.ToString()));
        Assert.Equal([9, 1], _parts.Views.Find("web").All.Select(static one => one.Weight));
        _parts.Apply(Make.Register(Make.Check("n1", "c", CheckStatus.Warning, "a")));
        Assert.Equal([2, 1], _parts.Views.Find("web").All.Select(static one => one.Weight));
        _parts.Apply(Make.Register(Make.Check("n1", "c", CheckStatus.Critical, "a")));
        Assert.Equal([0, 1], _parts.Views.Find("web").All.Select(static one => one.Weight));
    }

    [Fact]
    public void P27b_WeightsOfNineToOne_AreKeptWithinTwoPercentOfTenThousandPicks()
    {
        Register(("a", 9), ("b", 1));
        ServiceView view = _parts.Views.Find("web");
        int a = Enumerable.Range(0, 10_000).Count(_ => view.Pick()!.Id == "a");
        Assert.InRange(a, 8_800, 9_200);
    }

    [Fact]
    public void Pick_ManyWeights_KeepsEachShare()
    {
        int[] weights = [1, 2, 3, 10, 50, 100, 7, 27];
        Register([.. weights.Select(static (weight, i) => ($"i{i}", weight))]);
        ServiceView view = _parts.Views.Find("web");
        var counts = new int[weights.Length];
        for (int i = 0; i < 200_000; i++)
        {
            counts[view.Pick()!.Id[1] - '0']++;
        }

        Assert.All(weights.Zip(counts), static pair => Assert.InRange(pair.Second, (pair.First * 1000) - 600, (pair.First * 1000) + 600));
    }

    [Fact]
    public void Pick_WarningInstance_TakesItsWarningWeightAndCriticalNone()
    {
        Register(("a", 4), ("b", 4));
        _parts.Apply(Make.Register(Make.Check("n1", "c", CheckStatus.Warning, "a")));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => _parts.Views.Find("web").Pick()!.Id == "a"), 1_800, 2_200);
        _parts.Apply(Make.Register(Make.Check("n1", "c", CheckStatus.Critical, "a")));
        Assert.Equal(0, Enumerable.Range(0, 1_000).Count(_ => _parts.Views.Find("web").Pick()!.Id == "a"));
        _parts.Apply(Make.Register(Make.Check("n1", "d", CheckStatus.Critical, "b")));
        Assert.Null(_parts.Views.Find("web").Pick());
        Assert.Null(_parts.Views.Find("web").Pick(PickStrategy.RoundRobin));
    }

    [Fact]
    public void Pick_RoundRobin_IsExactAndGoesOnAcrossChanges()
    {
        Register(("a", 9), ("b", 1), ("c", 1));
        ServiceView view = _parts.Views.Find("web");
        Assert.Equal("abcabcabc", string.Concat(Enumerable.Range(0, 9).Select(_ => view.Pick(PickStrategy.RoundRobin)!.Id)));
        Assert.Equal("a", view.Pick(PickStrategy.RoundRobin)!.Id);
        _parts.Apply(Make.Register(Make.Check("n1", "x", CheckStatus.Warning, "a")));
        Assert.Equal("bc", string.Concat(Enumerable.Range(0, 2).Select(_ => _parts.Views.Find("web").Pick(PickStrategy.RoundRobin)!.Id)));
    }

    [Fact]
    public void Pick_Random_IsUniformWhateverTheWeights()
    {
        Register(("a", 90), ("b", 1), ("c", 1), ("d", 1));
        ServiceView view = _parts.Views.Find("web");
        var counts = new int[4];
        for (int i = 0; i < 40_000; i++)
        {
            counts[view.Pick(PickStrategy.Random)!.Id[0] - 'a']++;
        }

        Assert.All(counts, static count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void FindAndPick_WarmView_AllocateNothing()
    {
        Register(("a", 9), ("b", 1));
        var reference = new ServiceReference(_parts.Views, "web");
        string mixed = "WeB";
        int seen = LookUp(reference, mixed);
        long before = GC.GetAllocatedBytesForCurrentThread();
        seen += LookUp(reference, mixed);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2 * 1000 * 8, seen);
    }

    private int LookUp(ServiceReference reference, string mixed)
    {
        int seen = 0;
        for (int i = 0; i < 1000; i++)
        {
            seen += _parts.Views.Find("web").Available.Count;
            seen += _parts.Views.Find(mixed).Passing.Count;
            seen += reference.View.All.Count + _parts.Views.Find("absent").All.Count;
            seen += reference.Pick() is null ? 0 : 1;
            seen += reference.Pick(PickStrategy.RoundRobin) is null ? 0 : 1;
        }

        return seen;
    }

    private void Register(params (string Id, int Weight)[] instances)
    {
        foreach ((string id, int weight) in instances)
        {
            _parts.Apply(new RegisterCommand
            {
                Node = Make.Node("n1"), Service = Make.Service("n1", id, "web") with { Weights = new ServiceWeights(weight, 1) },
            });
        }
    }

    private static IEnumerable<string> Names(IEnumerable<ServiceInstance> instances) =>
        instances.Select(static instance => $"{instance.Node.Name}/{instance.Id}");
}
