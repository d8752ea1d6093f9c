namespace Discovery.Catalog;

public sealed class InstanceChecksTests
{
    private static readonly string[] Nodes = ["n1", "N1", "n2"];
    private static readonly string[] Ids = ["s", "s:1", "service:s"];
    private static readonly string[] Checks = ["a", "service:", "service:s", "service:s:1", "service:service:s", "service:t", "\U0001F600"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_AfterRandomChanges_FindsWhatAScanOfTheNodeFinds(int seed)
    {
        var catalog = new EncodedCatalog();
        catalog.Begin();
        var random = new Random(seed);
        for (int i = 0; i < 3_000; i++)
        {
            catalog.Apply([Next(random), Next(random)]);
            StateSnapshot state = catalog.State.Current;
            CatalogTables tables = catalog.Module.Tables;
            foreach (string node in Nodes)
            {
                foreach (string id in (string[])["", .. Ids])
                {
                    IEnumerable<CatalogCheck> onNode = state.Scan(tables.Checks, CatalogKeys.Folded(node)).ToList();
                    CatalogCheck[] expected = [.. onNode.Where(check => check.ServiceId == id)];
                    Assert.Equal(expected, tables.InstanceChecks.Read(state, node, id));
                }
            }
        }
    }

    [Fact]
    public void Deregister_InstanceWithChecksUnderDefaultAndOtherIds_RemovesItsOwnOnly()
    {
        var catalog = new EncodedCatalog();
        catalog.Begin();
        catalog.Apply(Make.Register("n", "s", "web"));
        catalog.Apply(Make.Register("n", "t", "api"));
        catalog.Apply(Make.Register(Make.Check("n", "service:s", CheckStatus.Passing, "s")));
        catalog.Apply(Make.Register(Make.Check("n", "a", CheckStatus.Passing, "s")));
        catalog.Apply(Make.Register(Make.Check("n", "service:t", CheckStatus.Passing, "s")));
        catalog.Apply(Make.Register(Make.Check("n", "service:u", CheckStatus.Passing, "t")));
        catalog.Apply(Make.Deregister("n", serviceId: "s"));
        Assert.Equal(["service:u"], catalog.State.Current.Scan(catalog.Module.Tables.Checks).ToList().Select(check => check.CheckId));
    }

    [Fact]
    public void Register_ServiceUnderAnotherName_MovesTheCheckWithTheDefaultId()
    {
        var catalog = new EncodedCatalog();
        catalog.Begin();
        catalog.Apply(Make.Register("n", "s", "web"));
        catalog.Apply(Make.Register(Make.Check("n", "service:s", CheckStatus.Passing, "s")));
        catalog.Apply(Make.Register("n", "s", "api"));
        CatalogCheck check = Assert.Single(catalog.State.Current.Scan(catalog.Module.Tables.Checks).ToList());
        Assert.Equal(("api", catalog.State.Current.Index), (check.ServiceName, check.ModifyIndex));
    }

    private static object Next(Random random)
    {
        string node = One(random, Nodes);
        string check = One(random, Checks);
        CheckStatus status = (CheckStatus)random.Next(3);
        return random.Next(8) switch
        {
            < 2 => Make.Register(node, One(random, Ids), One(random, ["web", "api"])),
            < 6 => Make.Register(Make.Check(node, check, status, random.Next(4) == 0 ? "" : One(random, Ids))),
            6 => Make.Deregister(node, serviceId: One(random, Ids)),
            _ => random.Next(4) == 0 ? Make.Deregister(node) : Make.Deregister(node, checkId: check),
        };
    }

    private static string One(Random random, string[] values) => values[random.Next(values.Length)];
}
