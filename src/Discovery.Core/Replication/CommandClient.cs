using Discovery.Wire;

namespace Discovery;

/// <summary>Proposes commands so that each is applied exactly once, however often it had to be sent.</summary>
/// <remarks>
/// Every command carries (client id, sequence). A command whose outcome is unknown is sent again with the same pair until the log answers,
/// the time runs out, or the log has forgotten the client, in which case the outcome stays unknown and is told as such.
/// </remarks>
public sealed class CommandClient
{
    private const int InFlightMax = State.ClientEditor.WindowSequences / 2;
    private static readonly TimeSpan FirstRetryDelay = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(1);

    private readonly ICommandLog _log;
    private readonly NodeRuntime _runtime;
    private readonly Func<Guid> _newId;
    private readonly SemaphoreSlim _inFlight = new(InFlightMax, InFlightMax);
    private readonly SemaphoreSlim _opening = new(1, 1);
    private Session? _session;

    /// <summary>Creates a client.</summary>
    /// <param name="log">The log.</param>
    /// <param name="runtime">Clock for retries.</param>
    /// <param name="newId">Makes a client id; ids must be unique in the cluster.</param>
    public CommandClient(ICommandLog log, NodeRuntime runtime, Func<Guid> newId)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(newId);
        _log = log;
        _runtime = runtime;
        _newId = newId;
    }

    /// <summary>How long a command is tried before its caller is told that the outcome is unknown or that there is no leader.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The index that this node has applied.</summary>
    public ulong AppliedIndex => _log.StateMachine.Current.Index;

    /// <summary>Proposes a command and decodes its result.</summary>
    /// <typeparam name="TCommand">The command record.</typeparam>
    /// <typeparam name="TResult">What applying it yields.</typeparam>
    /// <param name="definition">The command's declaration.</param>
    /// <param name="command">The command.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The index and the result.</returns>
    /// <exception cref="DiscoveryException">It was not applied, or the outcome is unknown; the exception says which.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; the command may or may not be applied.</exception>
    public async ValueTask<CommandResult<TResult>> ExecuteAsync<TCommand, TResult>(
        StateCommand<TCommand, TResult> definition, TCommand command, CallContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(context);
        var body = new WireBuffer();
        definition.Codec.Write(command, body);
        CommandOutcome outcome = await ExecuteAsync(definition.Id, body.WrittenMemory, context, cancellationToken);
        if (outcome.Status != CommandStatus.Applied)
        {
            throw new DiscoveryException(
                DiscoveryError.InvalidRequest, $"Command {definition} was rolled back by the state machine: {outcome.Status}.");
        }

        bool isReadable = definition.ResultCodec.TryRead(outcome.Result.Span, out TResult? result);
        Invariant.Check(isReadable, $"the result of {definition} cannot be decoded");
        return new CommandResult<TResult>(outcome.Index, result!);
    }

    /// <summary>Proposes an encoded command.</summary>
    /// <param name="commandId">Which command.</param>
    /// <param name="body">The encoded command.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The state machine's answer.</returns>
    /// <exception cref="DiscoveryException">It was not applied, or the outcome is unknown; the exception says which.</exception>
    public async ValueTask<CommandOutcome> ExecuteAsync(
        ushort commandId, ReadOnlyMemory<byte> body, CallContext context, CancellationToken cancellationToken = default)
    {
        long deadline = Deadline();
        await _inFlight.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                Session session = await GetSessionAsync(context, deadline, cancellationToken);
                var proposal = new CommandProposal(commandId, body, session.ClientId, session.NextSequence(), context);
                CommandOutcome outcome = await ProposeAsync(proposal, deadline, cancellationToken);
                if (outcome.Status != CommandStatus.UnknownClient)
                {
                    return outcome;
                }

                // Refused at the first try that reached the log: nothing of it was applied, so it is safe to begin anew.
                Interlocked.CompareExchange(ref _session, null, session);
            }
        }
        finally
        {
            _inFlight.Release();
        }
    }

    private async ValueTask<CommandOutcome> ProposeAsync(CommandProposal proposal, long deadline, CancellationToken cancellationToken)
    {
        bool mayBeApplied = false;
        TimeSpan delay = FirstRetryDelay;
        while (true)
        {
            ProposalResult result = await _log.ProposeAsync(proposal, cancellationToken);
            if (result.Outcome == ProposalOutcome.Applied)
            {
                bool isForgotten = result.Command.Status is CommandStatus.SequenceEvicted
                    || (result.Command.Status is CommandStatus.UnknownClient && mayBeApplied);
                return isForgotten ? throw OutcomeUnknown("the log has forgotten this client") : result.Command;
            }

            cancellationToken.ThrowIfCancellationRequested();
            mayBeApplied |= result.Outcome == ProposalOutcome.Unknown;
            bool isFinal = result.Refusal is ProposalRefusal.Faulted or ProposalRefusal.Stopped or ProposalRefusal.TooLarge;
            if (isFinal || _runtime.Time.GetTimestamp() >= deadline)
            {
                throw mayBeApplied ? OutcomeUnknown(Describe(result.Refusal)) : NotApplied(result.Refusal);
            }

            await Task.Delay(delay, _runtime.Time, cancellationToken);
            delay = delay * 2 < LongestRetryDelay ? delay * 2 : LongestRetryDelay;
        }
    }

    private async ValueTask<Session> GetSessionAsync(CallContext context, long deadline, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _session) is { } open)
        {
            return open;
        }

        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (Volatile.Read(ref _session) is { } opened)
            {
                return opened;
            }

            Guid id = _newId();
            var proposal = new CommandProposal(SystemCommand.OpenClient, State.SystemCommands.EncodeGuid(id), id, 0, context);
            await ProposeAsync(proposal, deadline, cancellationToken);
            var session = new Session(id);
            Volatile.Write(ref _session, session);
            return session;
        }
        finally
        {
            _opening.Release();
        }
    }

    private long Deadline() => _runtime.Time.GetTimestamp() + (long)(Timeout.TotalSeconds * _runtime.Time.TimestampFrequency);

    private static DiscoveryException OutcomeUnknown(string reason) => new(
        DiscoveryError.OutcomeUnknown, $"The write may or may not have been applied: {reason}.", WriteOutcome.Unknown);

    private static DiscoveryException NotApplied(ProposalRefusal refusal) => new(
        refusal switch
        {
            ProposalRefusal.Faulted => DiscoveryError.Faulted,
            ProposalRefusal.Stopped => DiscoveryError.Stopped,
            ProposalRefusal.Overloaded => DiscoveryError.Overloaded,
            ProposalRefusal.TooLarge => DiscoveryError.InvalidRequest,
            _ => DiscoveryError.NoLeader,
        },
        $"The write was not applied: {Describe(refusal)}.");

    private static string Describe(ProposalRefusal refusal) => refusal switch
    {
        ProposalRefusal.NoLeader => "no leader is known",
        ProposalRefusal.LeadershipLost => "leadership was lost on the way",
        ProposalRefusal.Overloaded => "the queue of proposals is full",
        ProposalRefusal.Cancelled => "the call was given up",
        ProposalRefusal.Stopped => "the node is stopping",
        ProposalRefusal.Faulted => "the node met a broken invariant; its log says which",
        ProposalRefusal.TooLarge => "the command is larger than the log takes",
        _ => "the log did not say why",
    };

    private sealed class Session(Guid clientId)
    {
        private ulong _sequence;

        public Guid ClientId { get; } = clientId;

        public ulong NextSequence() => Interlocked.Increment(ref _sequence);
    }
}
