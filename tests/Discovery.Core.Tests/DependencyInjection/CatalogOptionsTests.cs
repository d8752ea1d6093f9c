using Discovery.Catalog;
using Discovery.Coordinates;
using Discovery.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Discovery.DependencyInjection;

public sealed class CatalogOptionsTests
{
    [Fact]
    public void Bind_CatalogAndCoordinates_AreReadAndCheckedWithTheirDefaults()
    {
        Assert.Equal(64 * 1024 * 1024, new CatalogOptions().RenderingBytesMax);
        using ServiceProvider services = Build(new()
        {
            ["Discovery:Catalog:RenderingBytesMax"] = "1000",
            ["Discovery:Coordinates:UpdatePeriod"] = "00:00:01",
            ["Discovery:Coordinates:BatchSize"] = "7",
        });
        Assert.Equal(1000, services.GetRequiredService<IOptions<CatalogOptions>>().Value.RenderingBytesMax);
        CoordinateOptions coordinates = services.GetRequiredService<IOptions<CoordinateOptions>>().Value;
        Assert.Equal((TimeSpan.FromSeconds(1), 7, 5), (coordinates.UpdatePeriod, coordinates.BatchSize, coordinates.BatchesMax));
    }

    [Fact]
    public void Validate_BadLimits_TellsEachOfThem()
    {
        ValidateOptionsResult catalog = new CatalogOptionsValidator().Validate(null, new CatalogOptions { RenderingBytesMax = -1 });
        Assert.Equal(["CatalogOptions.RenderingBytesMax: must not be negative, is -1"], catalog.Failures);
        ValidateOptionsResult coordinates = new CoordinateOptionsValidator().Validate(
            null, new CoordinateOptions { UpdatePeriod = TimeSpan.Zero, BatchSize = 0, BatchesMax = 70_000 });
        Assert.Equal(
            [
                "CoordinateOptions.UpdatePeriod: must be greater than zero and at most 1.00:00:00, is 00:00:00",
                "CoordinateOptions.BatchSize: must be between 1 and 65536, is 0",
                "CoordinateOptions.BatchesMax: must be between 1 and 65536, is 70000",
            ],
            coordinates.Failures);
    }

    [Fact]
    public void Coordinates_OfARunningNode_AreWrittenByItsLoopAndSortItsLists()
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new TestNode(kernel, static b => b.AddService("web", static s => s.Port = 80));
            await node.StartAsync();
            await node.Catalog.RegisterAsync(new CatalogRegistration
            {
                Node = "a-far", Address = "10.0.0.9", Service = new ServiceRegistration { Name = "web", Port = 80 },
            });
            ICoordinates coordinates = node.Node.Coordinates;
            Assert.Same(node.Get<ICoordinates>(), coordinates);
            await coordinates.UpdateAsync(new NodeCoordinate(node.Node.Name, "", new Coordinate(new double[8], 1.5, 0, 0.00001)));
            await coordinates.UpdateAsync(new NodeCoordinate("a-far", "", new Coordinate([1, 0, 0, 0, 0, 0, 0, 0], 1.5, 0, 0.00001)));
            await kernel.AdvanceAsync(TimeSpan.FromSeconds(5));
            Assert.Equal(2, (await coordinates.QueryNodesAsync()).Body.Count);
            var near = new ServiceQuery("web") { Near = node.Node.Name };
            IReadOnlyList<ServiceInstance> nearest = (await node.Catalog.QueryAsync(near)).Body;
            Assert.Equal([node.Node.Name, "a-far"], nearest.Select(static one => one.Node.Name));
            await node.StopAsync();
        });
    }

    private static ServiceProvider Build(Dictionary<string, string?> values)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
        services.AddDiscovery();
        return services.BuildServiceProvider();
    }
}
