using Discovery.Testing;

namespace Discovery.Core.Tests.State;

public sealed class NoStateTests
{
    [Fact]
    public void KeepNoState_BeforeAnything_TellsReadersWhyAndAppliesNothing()
    {
        var machine = new StateMachine([new LedgerModule()], new StateMachineOptions());
        StateSnapshot state = machine.Current;
        int asked = 0;
        machine.KeepNoState(() => new DiscoveryException(DiscoveryError.Witness, $"why {++asked}"));
        Assert.False(machine.KeepsState);
        Assert.Equal("why 1", Assert.Throws<DiscoveryException>(() => machine.Current).Message);
        Assert.Equal("why 2", Assert.Throws<DiscoveryException>(() => machine.WriteSnapshot(Stream.Null)).Message);
        Assert.Null(machine.Fault);
        Assert.Throws<InvariantViolationException>(() => machine.Install(state));
    }

    [Fact]
    public void KeepNoState_AfterSomethingWasApplied_IsABrokenInvariant()
    {
        var machine = new LedgerMachine();
        machine.Put("a", "red", 1);
        Assert.Throws<InvariantViolationException>(
            () => machine.Machine.KeepNoState(static () => new DiscoveryException(DiscoveryError.Witness, "why")));
        Assert.True(machine.Machine.KeepsState);
    }
}
