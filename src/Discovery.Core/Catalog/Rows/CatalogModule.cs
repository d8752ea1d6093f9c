namespace Discovery.Catalog;

/// <summary>The state module of the catalog: command ids 0x0010 to 0x001F of Core's range.</summary>
internal sealed class CatalogModule : IStateModule
{
    public const ushort RegisterId = 0x0010;
    public const ushort DeregisterId = 0x0011;

    private CatalogTables? _tables;
    private CatalogCommands? _commands;
    private StateCommand<RegisterCommand, CatalogWriteResult>? _register;
    private StateCommand<DeregisterCommand, CatalogWriteResult>? _deregister;

    public string Name => "catalog";

    public CatalogTables Tables => _tables ?? throw new InvalidOperationException("The catalog module is in no state machine yet.");

    /// <summary>The pure part, for other modules' transactions.</summary>
    public CatalogCommands Commands => _commands!;

    public StateCommand<RegisterCommand, CatalogWriteResult> Register => _register!;

    public StateCommand<DeregisterCommand, CatalogWriteResult> Deregister => _deregister!;

    public void Configure(StateModuleBuilder builder)
    {
        _tables = new CatalogTables(builder);
        _commands = new CatalogCommands(_tables);
        _register = builder.AddCommand(
            RegisterId, "catalog.register", RegisterCommandCodec.Instance, CatalogWriteResultCodec.Instance, _commands.Register);
        _deregister = builder.AddCommand(
            DeregisterId, "catalog.deregister", DeregisterCommandCodec.Instance, CatalogWriteResultCodec.Instance, _commands.Deregister);
    }
}
