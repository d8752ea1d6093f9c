using Discovery.State;
using Discovery.Testing;

namespace Discovery.Core.Tests.State;

public sealed class StateMachineFaultTests
{
    private readonly LedgerMachine _machine = new();

    [Fact]
    public void Apply_ReactionThrows_RollsTheCommandBackAsAResult()
    {
        _machine.Put("a", "red", 1);
        List<(ushort, string)> told = [];
        _machine.Machine.ModuleFailed = (command, e) => told.Add((command, e.Message));
        CommandOutcome outcome = _machine.Run(
            new LedgerStep(LedgerAction.Put, "a", "blue", 2), new LedgerStep(LedgerAction.Put, "b", "poison", 3));
        Assert.Equal(CommandStatus.ModuleFailed, outcome.Status);
        Assert.Equal([(_machine.Ledger.Script.Id, "Code of module ledger threw while it followed a change.")], told);
        Assert.Equal([new LedgerItem("a", "red", 1)], _machine.State.Scan(_machine.Ledger.Items).ToList());
        Assert.Equal([new LedgerGroup("red", 1, 1)], _machine.State.Scan(_machine.Ledger.Groups).ToList());
        Assert.Equal([new LedgerItem("a", "red", 1)], _machine.State.Scan(_machine.Ledger.ByGroup).ToList());
        Assert.Equal(1UL, _machine.State.IndexOf(_machine.Ledger.ItemTopic("b")));
        Assert.Equal(outcome.Index, _machine.State.Index);
        Assert.Null(_machine.Machine.Fault);
    }

    [Fact]
    public void Apply_BrokenInvariantInAReaction_FaultsAndKeepsTheLastGoodState()
    {
        _machine.Put("a", "red", 1);
        byte[] before = _machine.Snapshot();
        _machine.Add(_machine.Ledger.Script.Id, LedgerMachine.Body(_machine.Ledger.Script, [new LedgerStep(LedgerAction.Put, "good")]));
        _machine.Add(_machine.Ledger.Script.Id, LedgerMachine.Body(
            _machine.Ledger.Script, [new LedgerStep(LedgerAction.Put, "b", "broken")]));
        InvariantViolationException e = Assert.Throws<InvariantViolationException>(() => _machine.Flush());
        Assert.Same(e, _machine.Machine.Fault);
        Assert.StartsWith("a broken group", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, _machine.Snapshot());
        Assert.Throws<InvariantViolationException>(() => _machine.Put("c", "", 1));
        Assert.Throws<InvariantViolationException>(() => _machine.Machine.Install(_machine.State));
    }

    [Fact]
    public void Apply_UnknownCommand_RefusesToRunAndNamesIt()
    {
        InvariantViolationException e = Assert.Throws<InvariantViolationException>(() => _machine.Apply(0x8FFF, default));
        Assert.StartsWith("the log holds command 0x8FFF, which no module of this server declares", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_UnreadableEnvelope_RefusesToRun()
    {
        var outcomes = new CommandOutcome[1];
        Assert.Throws<InvariantViolationException>(() => _machine.Machine.Apply([new StateEntry(3, new byte[10])], outcomes));
        Assert.NotNull(_machine.Machine.Fault);
    }

    [Theory]
    [InlineData(Planted.InIndex)]
    [InlineData(Planted.InDerivation)]
    [InlineData(Planted.InPresence)]
    [InlineData(Planted.InKey)]
    [InlineData(Planted.EmptyKey)]
    [InlineData(Planted.InCodec)]
    public void Apply_CodeOfAnApplicationThrowsAnywhere_LeavesNoTrace(Planted planted)
    {
        PlantedModule module = new() { Name = "planted" };
        StateMachine machine = new([module], new StateMachineOptions());
        Assert.Equal(CommandStatus.Applied, Apply(machine, 1, 1));
        string before = Describe(machine, module);
        module.Now = planted;
        Assert.Equal(CommandStatus.ModuleFailed, Apply(machine, 2, 2));
        module.Now = Planted.Nothing;
        Assert.Equal(before, Describe(machine, module));
        Assert.Equal(CommandStatus.Applied, Apply(machine, 3, 2));
        Assert.Null(machine.Fault);
    }

    [Fact]
    public void RaiseSchema_WithinWhatTheBinaryKnows_IsReplicatedAndNeverLowered()
    {
        LedgerMachine machine = new(new LedgerModule { SchemaVersion = 3 });
        Assert.Equal(1, machine.State.SchemaVersion("ledger"));
        machine.Apply(SystemCommand.RaiseSchema, SystemCommands.EncodeRaiseSchema("ledger", 3));
        Assert.Equal(3, machine.State.SchemaVersion("ledger"));
        machine.Apply(SystemCommand.RaiseSchema, SystemCommands.EncodeRaiseSchema("ledger", 2));
        Assert.Equal(3, machine.State.SchemaVersion("ledger"));
        LedgerMachine other = new(new LedgerModule { SchemaVersion = 3 });
        other.Machine.Install(other.Machine.ReadSnapshot(new MemoryStream(machine.Snapshot())));
        Assert.Equal(3, other.State.SchemaVersion("ledger"));
    }

    [Theory]
    [InlineData("ledger", 2, "the log raises module \"ledger\" to schema 2; this server knows up to 1")]
    [InlineData("gone", 1, "the log raises the schema of module \"gone\", which this server does not have")]
    public void RaiseSchema_BeyondWhatTheBinaryKnows_RefusesToRun(string module, int version, string message)
    {
        InvariantViolationException e = Assert.Throws<InvariantViolationException>(
            () => _machine.Apply(SystemCommand.RaiseSchema, SystemCommands.EncodeRaiseSchema(module, version)));
        Assert.StartsWith(message, e.Message, StringComparison.Ordinal);
        Assert.Equal(2UL, _machine.State.Index);
    }

    [Fact]
    public void AddObserver_ThatThrows_FaultsButTheBatchIsThereAndWatchersWake()
    {
        _machine.Machine.AddObserver(new ThrowingObserver());
        Assert.Throws<InvariantViolationException>(() => _machine.Put("a", "", 1));
        Assert.Equal(3UL, _machine.State.Index);
        Assert.NotNull(_machine.Machine.Fault);
    }

    [Fact]
    public void Apply_ClientEvictedByItsOwnCommand_IsNotAFault()
    {
        for (int i = 0; i < ClientEditor.ClientsMax - 1; i++)
        {
            _machine.Add(SystemCommand.OpenClient, SystemCommands.EncodeGuid(new Guid(i, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)));
        }

        _machine.Add(SystemCommand.OpenClient, SystemCommands.EncodeGuid(Guid.Empty), sequence: 1);
        Assert.Equal(CommandStatus.Applied, _machine.Flush()[^1].Status);
        Assert.Equal(CommandStatus.UnknownClient, _machine.Apply(SystemCommand.NoOperation, default, sequence: 1).Status);
    }

    private static CommandStatus Apply(StateMachine machine, ulong index, byte value)
    {
        var outcomes = new CommandOutcome[1];
        machine.Apply([LedgerMachine.Entry(index, default, 0x9000, new[] { value })], outcomes);
        return outcomes[0].Status;
    }

    private static string Describe(StateMachine machine, PlantedModule module) => string.Join(
        ' ',
        machine.Current.Scan(module.Rows).ToList().Select(row => row.Value)
            .Concat(machine.Current.Scan(module.First).ToList().Select(row => row.Value))
            .Concat(machine.Current.Scan(module.Second).ToList().Select(row => row.Value)))
        + $" {machine.Current.Tables[0].Hash} {machine.Current.Topics.Hash} {machine.Current.IndexOf(StateTopic.ForTable(module.Rows))}";

    private sealed class ThrowingObserver : IStateObserver
    {
        public void OnApplied(StateSnapshot snapshot, IReadOnlyList<StateChangeSet> changes) =>
            throw new InvalidOperationException("planted");

        public void OnReplaced(StateSnapshot snapshot)
        {
        }
    }
}
