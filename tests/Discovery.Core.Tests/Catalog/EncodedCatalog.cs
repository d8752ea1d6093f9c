using Discovery.Coordinates;
using Discovery.Wire;

namespace Discovery.Catalog;

/// <summary>A state machine with the catalog in it, applied to directly: one call, one index.</summary>
internal sealed class EncodedCatalog
{
    public static readonly Guid FirstLineage = new("11111111-1111-1111-1111-111111111111");

    public EncodedCatalog(long ringBytes = 64 * 1024 * 1024, IStateModule? more = null)
    {
        Coordinates = new CoordinateModule(Module);
        IStateModule[] modules = more is null ? [Module, Coordinates] : [Module, Coordinates, more];
        State = new StateMachine(modules, new StateMachineOptions { RingBytesMax = ringBytes });
        Reader = new CatalogReader(Module.Tables, Budget);
        Views = new CatalogViews(Reader, State, new Random(1));
        State.AddObserver(Views);
    }

    public CatalogModule Module { get; } = new();

    public CoordinateModule Coordinates { get; }

    public RenderingBudget Budget { get; } = new(1024 * 1024);

    public StateMachine State { get; }

    public CatalogReader Reader { get; }

    public CatalogViews Views { get; }

    public DateTimeOffset WallTime { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static byte[] Encode<T>(IStateCodec<T> codec, T value)
    {
        var buffer = new WireBuffer();
        codec.Write(value, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    public void Begin() => Apply((SystemCommand.BeginLineage, EncodeGuid(FirstLineage)));

    public CatalogWriteResult Apply(RegisterCommand command) => Apply([command])[0];

    public CatalogWriteResult Apply(DeregisterCommand command) => Apply([command])[0];

    /// <summary>Applies registrations and deregistrations as one batch.</summary>
    public CatalogWriteResult[] Apply(IReadOnlyList<object> commands)
    {
        CommandOutcome[] outcomes = Apply([.. commands.Select(command => command switch
        {
            RegisterCommand register => (CatalogModule.RegisterId, Encode(RegisterCommandCodec.Instance, register)),
            DeregisterCommand deregister => (CatalogModule.DeregisterId, Encode(DeregisterCommandCodec.Instance, deregister)),
            _ => throw new ArgumentException("an unknown command"),
        })]);
        return Array.ConvertAll(outcomes, static outcome =>
        {
            Assert.Equal(CommandStatus.Applied, outcome.Status);
            Assert.True(CatalogWriteResultCodec.Instance.TryRead(outcome.Result.Span, out CatalogWriteResult result));
            return result;
        });
    }

    public CommandOutcome[] Apply(params (ushort Id, byte[] Body)[] commands)
    {
        var entries = new StateEntry[commands.Length];
        ulong index = State.Current.Index;
        for (int i = 0; i < entries.Length; i++)
        {
            var buffer = new WireBuffer();
            new CommandEnvelope(TimeSpan.Zero, WallTime, Guid.Empty, 0, commands[i].Id, commands[i].Body).WriteTo(buffer);
            entries[i] = new StateEntry(++index, buffer.WrittenSpan.ToArray());
        }

        var outcomes = new CommandOutcome[entries.Length];
        State.Apply(entries, outcomes);
        return outcomes;
    }

    public ServiceInstance[] Instances(string service) => Reader.ReadInstances(State.Current, CatalogKeys.Folded(service));

    private static byte[] EncodeGuid(Guid value) => value.ToByteArray(bigEndian: true);
}
