using Discovery.Catalog;
using Discovery.State;

namespace Discovery.Coordinates;

/// <summary>The state module of coordinates: command ids 0x0020 to 0x0027 of Core's range. Its name puts it after the catalog's.</summary>
internal sealed class CoordinateModule(CatalogModule catalog) : IStateModule
{
    public const ushort UpdateId = 0x0020;

    private CoordinateTables? _tables;
    private StateCommand<IReadOnlyList<NodeCoordinate>, long>? _update;

    public string Name => "coordinates";

    public CoordinateTables Tables => _tables ?? throw new InvalidOperationException("The module is in no state machine yet.");

    public StateCommand<IReadOnlyList<NodeCoordinate>, long> Update => _update!;

    public void Configure(StateModuleBuilder builder)
    {
        _tables = new CoordinateTables(builder, catalog.Tables);
        var commands = new CoordinateCommands(_tables, catalog.Tables);
        _update = builder.AddCommand(
            UpdateId, "coordinates.update", UpdateCoordinatesCommandCodec.Instance, StateCodecs.Int64, commands.Update);
    }
}
