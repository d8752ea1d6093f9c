using System.Reflection;

namespace Discovery.Testing;

/// <summary>What every <see cref="ICommandLog"/> must do. The tests of an implementation derive from it and run each scenario.</summary>
/// <remarks>Each scenario is a method of one of the partial files, found by its name; it runs on a kernel of its own.</remarks>
public abstract partial class CommandLogConformance
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly;

    private SimulationKernel _kernel = null!;
    private LedgerModule _ledger = null!;
    private LogUnderTest _subject = null!;
    private ulong _nextClient;

    /// <summary>The names of all scenarios.</summary>
    public static IEnumerable<string> Scenarios => typeof(CommandLogConformance).GetMethods(Declared)
        .Where(static method => method.ReturnType == typeof(Task) && method.GetParameters().Length == 0)
        .Select(static method => method.Name).Order(StringComparer.Ordinal);

    /// <summary>Makes a started log that leads, on the kernel.</summary>
    /// <param name="kernel">The clock and the scheduler.</param>
    /// <param name="ledger">The module of its state machine.</param>
    /// <param name="queueLength">The most proposals that wait.</param>
    /// <param name="commandBytesMax">The largest command.</param>
    protected abstract Task<LogUnderTest> CreateAsync(SimulationKernel kernel, LedgerModule ledger, int queueLength, int commandBytesMax);

    /// <summary>Runs one scenario under one seed.</summary>
    public void Run(string scenario, int seed)
    {
        MethodInfo method = typeof(CommandLogConformance).GetMethod(scenario, Declared)
            ?? throw new ArgumentException($"There is no scenario {scenario}.", nameof(scenario));
        _kernel = new SimulationKernel(seed);
        _ledger = new LedgerModule();
        _nextClient = 0;
        _kernel.Run(async () =>
        {
            _subject = await CreateAsync(_kernel, _ledger, queueLength: 64, commandBytesMax: 4096);
            await (Task)method.Invoke(this, null)!;
            await _subject.Stop();
        });
    }

    private ICommandLog Log => _subject.Log;

    private StateSnapshot State => Log.StateMachine.Current;

    private static void Check(bool condition, string what)
    {
        if (!condition)
        {
            throw new CheckFailedException(what);
        }
    }

    private static void Same<T>(T expected, T actual, string what) =>
        Check(EqualityComparer<T>.Default.Equals(expected, actual), $"{what}: expected {expected}, was {actual}");

    private static void Refused(ProposalResult result, ProposalOutcome outcome, ProposalRefusal refusal)
    {
        Same(outcome, result.Outcome, "outcome");
        Same(refusal, result.Refusal, "refusal");
    }

    private CommandProposal Script(Guid client, ulong sequence, params LedgerStep[] steps) =>
        new(_ledger.Script.Id, LedgerMachine.Body(_ledger.Script, steps), client, sequence, CallContext.Local);

    private CommandProposal Add(string name, Guid client = default, ulong sequence = 0) =>
        Script(client, sequence, new LedgerStep(LedgerAction.Add, name, "", 1));

    private long Value(string name) => State.Get(_ledger.Items, LedgerModule.Key(name))?.Value ?? 0;

    private async Task<Guid> OpenClientAsync()
    {
        Guid client = new((int)++_nextClient, 7, 7, 0, 0, 0, 0, 0, 0, 0, 7);
        var open = new CommandProposal(SystemCommand.OpenClient, client.ToByteArray(bigEndian: true), client, 0, CallContext.Local);
        Same(ProposalOutcome.Applied, (await Log.ProposeAsync(open)).Outcome, "opening a client");
        return client;
    }

    private async Task<CommandOutcome> AppliedAsync(CommandProposal proposal)
    {
        ProposalResult result = await Log.ProposeAsync(proposal);
        Same(ProposalOutcome.Applied, result.Outcome, "outcome");
        return result.Command;
    }
}
