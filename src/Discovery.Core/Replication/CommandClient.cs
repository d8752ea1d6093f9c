using Discovery.Replication;
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
    private readonly AsyncGate _inFlight = new(InFlightMax);
    private readonly AsyncGate _opening = new(1);
    private ClientSession? _session;

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
    /// <param name="context">Who calls; this process when null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The index and the result.</returns>
    /// <exception cref="DiscoveryException">It was not applied, or the outcome is unknown; the exception says which.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; the command may or may not be applied.</exception>
    public async ValueTask<CommandResult<TResult>> ExecuteAsync<TCommand, TResult>(
        StateCommand<TCommand, TResult> definition,
        TCommand command,
        CallContext? context = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        CommandOutcome outcome = await ExecuteAsync(
            definition.Id, Encode(definition, command), context ?? CallContext.Local, cancellationToken);
        if (outcome.Status != CommandStatus.Applied)
        {
            throw new DiscoveryException(DiscoveryError.InvalidRequest, $"Command {definition} {RolledBack(outcome.Status)}");
        }

        bool isReadable = definition.ResultCodec.TryRead(outcome.Result.Span, out TResult? result);
        Invariant.Check(isReadable, $"the result of {definition} cannot be decoded");
        return new CommandResult<TResult>(outcome.Index, result!);
    }

    private static string RolledBack(CommandStatus status) => status == CommandStatus.ModuleFailed
        ? "threw in its state module and was rolled back; the servers' logs say what (event 1507). A refusal is better told by the result."
        : $"was rolled back by the state machine: {status}.";

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
        // A server that keeps no state says so at once, and where to go instead.
        _log.StateMachine.RequireState();
        using var ended = new CancellationTokenSource(Timeout, _runtime.Time);
        await using CancellationTokenRegistration given = cancellationToken.UnsafeRegister(
            static state => ((CancellationTokenSource)state!).Cancel(), ended);
        try
        {
            await _inFlight.EnterAsync(ended.Token);
            try
            {
                return await ExecuteAsync(commandId, body, context, ended.Token, cancellationToken);
            }
            finally
            {
                _inFlight.Leave();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw NotApplied(ProposalRefusal.Overloaded, Tell(_log, ProposalRefusal.Overloaded));
        }
    }

    private async ValueTask<CommandOutcome> ExecuteAsync(
        ushort commandId, ReadOnlyMemory<byte> body, CallContext context, CancellationToken ended, CancellationToken caller)
    {
        while (true)
        {
            ClientSession session = await GetSessionAsync(context, ended, caller);
            if (session.TryTake() is { } ticket)
            {
                try
                {
                    var proposal = new CommandProposal(commandId, body, session.ClientId, ticket.Sequence, context);
                    CommandOutcome outcome = await ProposeAsync(proposal, ended, caller);
                    if (outcome.Status is not (CommandStatus.UnknownClient or CommandStatus.SequenceEvicted))
                    {
                        return outcome;
                    }
                }
                finally
                {
                    ticket.End();
                }
            }

            // The session is used up, or was refused at the first try that reached the log: nothing was applied, so begin anew.
            Interlocked.CompareExchange(ref _session, null, session);
            ended.ThrowIfCancellationRequested();
        }
    }

    // Answers with what the log answered to the first try that surely got there; throws when the outcome cannot be told.
    private async ValueTask<CommandOutcome> ProposeAsync(CommandProposal proposal, CancellationToken ended, CancellationToken caller)
    {
        bool mayBeApplied = false;
        ProposalRefusal refusal = ProposalRefusal.None;
        TimeSpan delay = FirstRetryDelay;
        while (true)
        {
            Leadership leadership = _log.Leadership;
            ProposalResult result = await TryProposeAsync(proposal, ended);
            if (result.Outcome == ProposalOutcome.Applied)
            {
                bool isForgotten = mayBeApplied && result.Command.Status is CommandStatus.UnknownClient or CommandStatus.SequenceEvicted;
                return isForgotten ? throw OutcomeUnknown("the log has forgotten this client") : result.Command;
            }

            mayBeApplied |= result.Outcome == ProposalOutcome.Unknown;
            refusal = result.Refusal == ProposalRefusal.Cancelled ? refusal : result.Refusal;
            bool isFinal = result.Refusal is ProposalRefusal.Faulted or ProposalRefusal.Stopped
                or ProposalRefusal.TooLarge or ProposalRefusal.UnknownCommand or ProposalRefusal.Witness;
            if (isFinal || !await TryDelayAsync(delay, leadership, ended))
            {
                caller.ThrowIfCancellationRequested();
                throw mayBeApplied ? OutcomeUnknown(Tell(_log, refusal)) : NotApplied(refusal, Tell(_log, refusal));
            }

            delay = delay * 2 < LongestRetryDelay ? delay * 2 : LongestRetryDelay;
        }
    }

    private async ValueTask<ProposalResult> TryProposeAsync(CommandProposal proposal, CancellationToken ended)
    {
        try
        {
            return await _log.ProposeAsync(proposal, ended);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return ProposalResult.Unknown(ProposalRefusal.Cancelled);
        }
    }

    // Another leadership is worth a try at once, however long the wait has become; the same one, only after the wait.
    private async ValueTask<bool> TryDelayAsync(TimeSpan delay, Leadership leadership, CancellationToken ended)
    {
        if (ended.IsCancellationRequested)
        {
            return false;
        }

        bool isSame = ReferenceEquals(leadership, _log.Leadership);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            ended, isSame && !leadership.Ended.IsCancellationRequested ? leadership.Ended : CancellationToken.None);
        try
        {
            await Task.Delay(isSame ? delay : FirstRetryDelay, _runtime.Time, either.Token);
        }
        catch (OperationCanceledException)
        {
            // Checked below.
        }

        return !ended.IsCancellationRequested;
    }

    private async ValueTask<ClientSession> GetSessionAsync(CallContext context, CancellationToken ended, CancellationToken caller)
    {
        if (Volatile.Read(ref _session) is { } open)
        {
            return open;
        }

        await _opening.EnterAsync(ended);
        try
        {
            if (Volatile.Read(ref _session) is { } opened)
            {
                return opened;
            }

            Guid id = _newId();
            var proposal = new CommandProposal(SystemCommand.OpenClient, State.SystemCommands.EncodeGuid(id), id, 0, context);
            await OpenAsync(proposal, ended, caller);
            var session = new ClientSession(id);
            Volatile.Write(ref _session, session);
            return session;
        }
        finally
        {
            _opening.Leave();
        }
    }

    // Whatever became of the opening, the command that it was for has not been proposed yet.
    private async ValueTask OpenAsync(CommandProposal proposal, CancellationToken ended, CancellationToken caller)
    {
        try
        {
            await ProposeAsync(proposal, ended, caller);
        }
        catch (DiscoveryException e) when (e.WriteOutcome == WriteOutcome.Unknown)
        {
            throw NotApplied(ProposalRefusal.NoLeader, Tell(_log, ProposalRefusal.None));
        }
    }

    // With what this server knows to be wrong with itself: most likely that is why.
    private static string Tell(ICommandLog log, ProposalRefusal refusal) =>
        refusal is ProposalRefusal.None or ProposalRefusal.NoLeader or ProposalRefusal.LeadershipLost or ProposalRefusal.Overloaded
        && (log as IHostedCommandLog)?.Concern is { } concern ? $"{Describe(refusal)}. {concern.TrimEnd('.')}" : Describe(refusal);

    private static byte[] Encode<TCommand, TResult>(StateCommand<TCommand, TResult> definition, TCommand command)
    {
        using var body = new WireBuffer();
        definition.Codec.Write(command, body);
        return body.WrittenSpan.ToArray();
    }

    /// <summary>What a proposal that was not applied is told as.</summary>
    internal static DiscoveryException FailureOf(ICommandLog log, in ProposalResult result) =>
        result.Outcome == ProposalOutcome.Unknown
            ? OutcomeUnknown(Tell(log, result.Refusal))
            : NotApplied(result.Refusal, Tell(log, result.Refusal));

    private static DiscoveryException OutcomeUnknown(string reason) => new(
        DiscoveryError.OutcomeUnknown, $"The write may or may not have been applied: {reason}.", WriteOutcome.Unknown);

    private static DiscoveryException NotApplied(ProposalRefusal refusal, string reason) => new(
        refusal switch
        {
            ProposalRefusal.Faulted => DiscoveryError.Faulted,
            ProposalRefusal.Stopped => DiscoveryError.Stopped,
            ProposalRefusal.Overloaded => DiscoveryError.Overloaded,
            ProposalRefusal.TooLarge or ProposalRefusal.UnknownCommand => DiscoveryError.InvalidRequest,
            ProposalRefusal.Witness => DiscoveryError.Witness,
            _ => DiscoveryError.NoLeader,
        },
        $"The write was not applied: {reason}.");

    private static string Describe(ProposalRefusal refusal) => refusal switch
    {
        ProposalRefusal.NoLeader => "no leader is known",
        ProposalRefusal.LeadershipLost => "leadership was lost on the way",
        ProposalRefusal.Overloaded => "the queue of proposals is full",
        ProposalRefusal.Cancelled => "the call was given up",
        ProposalRefusal.Stopped => "the node is stopping, or is no member of the cluster any more",
        ProposalRefusal.Faulted => "the node met a broken invariant; its log says which",
        ProposalRefusal.UnknownCommand => "no module of this server knows the command or its schema",
        ProposalRefusal.TooLarge => "the command is larger than the log takes",
        ProposalRefusal.Witness => "this server is a witness and keeps no state",
        _ => "the log did not answer in time",
    };
}
