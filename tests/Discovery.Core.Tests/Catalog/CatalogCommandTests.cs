namespace Discovery.Catalog;

public sealed class CatalogCommandTests
{
    [Fact]
    public void Apply_Scripts_GiveTheRowsTopicsAndAnswersOfTheTable() => CatalogTestData.Check("commands.txt", new CatalogScript().Run);

    [Fact]
    public void Apply_MoreDeparturesThanAreKept_DropsTheOldestAndStaysBounded()
    {
        EncodedCatalog parts = NewState();
        for (int i = 0; i < CatalogTables.DeparturesMax + 10; i++)
        {
            parts.Apply(Make.Register("n1", $"web{i}", "web"));
            parts.Apply(Make.Deregister("n1", $"web{i}"));
        }

        List<CatalogDeparture> kept = parts.State.Current.Scan(parts.Module.Tables.Departures).ToList();
        Assert.Equal((CatalogTables.DeparturesMax * 3 / 4) + 10, kept.Count);
        Assert.Equal($"web{CatalogTables.DeparturesMax + 9}", kept[^1].ServiceId);
        Assert.Equal($"web{CatalogTables.DeparturesMax / 4}", kept[0].ServiceId);
    }

    [Fact]
    public void Apply_NodeWithMoreServicesThanDeparturesAreKept_LeavesWithOneCommand()
    {
        EncodedCatalog parts = NewState();
        parts.Apply([.. Enumerable.Range(0, 3000).Select(i => Make.Register("n1", $"web{i}", "web"))]);
        parts.Apply(Make.Deregister("n1"));
        StateSnapshot snapshot = parts.State.Current;
        Assert.Equal(0, snapshot.Count(parts.Module.Tables.Services));
        Assert.InRange(snapshot.Count(parts.Module.Tables.Departures), 1, CatalogTables.DeparturesMax);
        Assert.Null(parts.State.Fault);
    }

    [Theory]
    [InlineData("", "id", "name")]
    [InlineData("n\0", "id", "name")]
    [InlineData("n", "", "name")]
    [InlineData("n", "i\0d", "name")]
    [InlineData("n", "id", "")]
    [InlineData("n", "id", "na\0me")]
    public void Apply_NameThatNoKeyCanHold_IsMalformed(string node, string id, string name)
    {
        EncodedCatalog parts = NewState();
        byte[] body = EncodedCatalog.Encode(RegisterCommandCodec.Instance, Make.Register(node, id, name));
        Assert.Equal(CommandStatus.MalformedBody, parts.Apply((CatalogModule.RegisterId, body))[0].Status);
        Assert.Equal(0, parts.State.Current.Count(parts.Module.Tables.Nodes));
        Assert.Null(parts.State.Fault);
    }

    [Fact]
    public void Apply_RandomHistory_EqualsItselfInOtherBatches()
    {
        var commands = new CatalogHistory(5).Take(2000);
        EncodedCatalog one = NewState();
        EncodedCatalog other = NewState();
        foreach (object command in commands)
        {
            one.Apply([command]);
        }

        var random = new Random(9);
        for (int i = 0; i < commands.Count;)
        {
            int count = Math.Min(random.Next(1, 60), commands.Count - i);
            other.Apply([.. commands.Skip(i).Take(count)]);
            i += count;
        }

        Assert.Equal(one.State.Current.ComputeHash(), other.State.Current.ComputeHash());
    }

    private static EncodedCatalog NewState()
    {
        var parts = new EncodedCatalog();
        parts.Begin();
        return parts;
    }
}
