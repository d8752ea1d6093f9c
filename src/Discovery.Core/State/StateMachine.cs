using Discovery.State;
using Discovery.State.Snapshots;
using Discovery.State.Watching;
using Discovery.Wire;

namespace Discovery;

/// <summary>Applies the log to the state: one writer, any number of readers of <see cref="Current"/>.</summary>
/// <remarks>
/// Apply sees nothing but state and entry, so equal logs give equal states, whatever batches they are cut into. A broken invariant or an
/// unknown command faults the machine: the batch is dropped, nothing further is applied, and readers keep the last good snapshot.
/// </remarks>
public sealed class StateMachine
{
    private readonly StateSchema _schema;
    private readonly List<IStateObserver> _observers = [];
    private readonly WireBuffer _scratch = new();
    private readonly WireBuffer _result = new();
    private StateSnapshot? _current;
    private Func<DiscoveryException>? _absence;
    private Exception? _fault;
    private int _applying;

    /// <summary>Creates a machine with an empty state.</summary>
    /// <param name="modules">The modules, in any order.</param>
    /// <param name="options">The limits.</param>
    public StateMachine(IEnumerable<IStateModule> modules, StateMachineOptions options)
    {
        ArgumentNullException.ThrowIfNull(modules);
        ArgumentNullException.ThrowIfNull(options);
        _schema = new StateSchema(modules);
        var versions = new int[_schema.ModuleNames.Length];
        Array.Fill(versions, 1);
        var meta = new StateMeta(0, Guid.Empty, 0, TimeSpan.Zero, DateTimeOffset.UnixEpoch, versions);
        TableRoot[] tables = Array.ConvertAll(_schema.Tables, static table => table.CreateRoot());
        _current = new StateSnapshot(_schema, meta, tables, TopicRoot.Create(_schema.TopicSpaces.Length), ClientRoot.Empty);
        Ring = new ChangeRing(options.RingBytesMax, new ChangePacker(_schema));
        Watches = new StateWatches(_schema.Tables.Length);
    }

    /// <summary>The newest published state.</summary>
    /// <exception cref="DiscoveryException">This server keeps no state (<see cref="KeepsState"/>).</exception>
    public StateSnapshot Current => Volatile.Read(ref _current) ?? Absent();

    /// <summary>Whether there is a state here: a witness of the log votes and keeps none, and whoever reads it is told so.</summary>
    public bool KeepsState => Volatile.Read(ref _current) is not null;

    /// <summary>Why the machine refuses to apply, or null.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    internal StateSchema Schema => _schema;

    /// <summary>
    /// Whether this server can apply a command at all. A log asks before it takes one: an entry that it cannot apply faults every server
    /// that reads it.
    /// </summary>
    /// <param name="proposal">The command.</param>
    public bool CanApply(in CommandProposal proposal) => SystemCommands.IsSystem(proposal.CommandId)
        ? SystemCommands.IsSupported(_schema, proposal.CommandId, proposal.Body.Span)
        : _schema.TryGetCommand(proposal.CommandId, out _);

    internal ChangeRing Ring { get; }

    internal StateWatches Watches { get; }

    /// <summary>Has the machine keep no state, for good: nothing is applied, and whoever reads is told why.</summary>
    /// <param name="why">Makes what a reader is told; called from any thread.</param>
    public void KeepNoState(Func<DiscoveryException> why)
    {
        ArgumentNullException.ThrowIfNull(why);
        Invariant.Check(_current is { Index: 0 }, "a machine that has applied something keeps its state");
        Volatile.Write(ref _absence, why);
        Volatile.Write(ref _current, null);
    }

    /// <summary>Tells whoever is to read or write that this server keeps no state, before he goes to any length.</summary>
    internal void RequireState() => _ = Current;

    private StateSnapshot Absent() => throw Absence();

    /// <summary>What a reader is told where no state is kept.</summary>
    internal DiscoveryException Absence() => Volatile.Read(ref _absence)!();

    /// <summary>Reads every change of a topic after a position, complete and in order, or says that they are no longer known.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="after">The position that the caller has seen everything up to.</param>
    /// <param name="upTo">The snapshot up to which to read.</param>
    /// <param name="into">Takes the change sets that touched the topic.</param>
    /// <returns>False when the ring no longer covers them, or the position is of another lineage: begin again with a
    /// snapshot.</returns>
    public bool TryReadChanges(in StateTopic topic, StatePosition after, StateSnapshot upTo, IList<StateChangeSet> into)
    {
        ArgumentNullException.ThrowIfNull(upTo);
        ArgumentNullException.ThrowIfNull(into);
        var found = new List<StateChangeSet>();
        bool isKnown = StateFeed.TryRead(this, topic, after, upTo, found);
        foreach (StateChangeSet set in found)
        {
            into.Add(set);
        }

        return isKnown;
    }

    /// <summary>Adds a follower of the state; before the first entry is applied.</summary>
    /// <param name="observer">The follower; told of the current state at once.</param>
    public void AddObserver(IStateObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        _observers.Add(observer);
        if (Volatile.Read(ref _current) is { } state)
        {
            observer.OnReplaced(state);
        }
    }

    /// <summary>Applies a batch and publishes one snapshot for it. One caller at a time.</summary>
    /// <param name="entries">The entries, in order of their index.</param>
    /// <param name="outcomes">Takes one answer per entry.</param>
    /// <exception cref="InvariantViolationException">
    /// The machine is faulted, now or from before. Either no entry of the batch was applied, or all were: <see cref="Current"/> tells.
    /// </exception>
    public void Apply(ReadOnlySpan<StateEntry> entries, Span<CommandOutcome> outcomes)
    {
        Invariant.Check(entries.Length <= outcomes.Length, "no room for the outcomes of a batch");
        Enter();
        try
        {
            StateSnapshot origin = Current;
            var transaction = new StateTransaction(origin, _scratch);
            var changes = new StateChangeSet[entries.Length];
            Guid lineage = origin.Lineage;
            for (int i = 0; i < entries.Length; i++)
            {
                outcomes[i] = ApplyEntry(transaction, entries[i], ref lineage, out changes[i]);
            }

            Publish(transaction.ToSnapshot(), changes);
        }
        catch (Exception e)
        {
            throw SetFault(e);
        }
        finally
        {
            Volatile.Write(ref _applying, 0);
        }
    }

    /// <summary>Writes the newest published state; the machine goes on meanwhile.</summary>
    /// <param name="output">Where it goes.</param>
    /// <returns>The position of what was written.</returns>
    public StatePosition WriteSnapshot(Stream output)
    {
        ArgumentNullException.ThrowIfNull(output);
        StateSnapshot snapshot = Current;
        snapshot.Write(output);
        return snapshot.Position;
    }

    /// <summary>Reads a snapshot without putting it in place.</summary>
    /// <param name="input">Where it comes from; read to the end of the snapshot.</param>
    /// <returns>The state.</returns>
    /// <exception cref="DiscoveryException">The snapshot is damaged, incomplete, or of modules or schemas that this server
    /// lacks.</exception>
    public StateSnapshot ReadSnapshot(Stream input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var blocks = new SnapshotBlocks(new SnapshotLoader(_schema));
        while (blocks.Result is null)
        {
            Memory<byte> next = blocks.Next;
            blocks.Accept(input.ReadAtLeast(next.Span, next.Length, throwOnEndOfStream: false));
        }

        return blocks.Result;
    }

    /// <summary>Puts a snapshot of the same history in place, as a server does that has fallen behind.</summary>
    /// <param name="snapshot">The state, at an index not below the current one.</param>
    public void Install(StateSnapshot snapshot) => Replace(snapshot);

    /// <summary>Puts an older or foreign state in place, as the beginning of a new lineage.</summary>
    /// <remarks>
    /// The deduplication table stays the current one: the proposers that it knows are still there. No index goes back: every topic reads
    /// at least <paramref name="index"/> from now on.
    /// </remarks>
    /// <param name="snapshot">The state.</param>
    /// <param name="index">The index of the restore, above both the current and the snapshot's.</param>
    /// <param name="lineage">The new lineage.</param>
    /// <param name="clusterTime">The cluster time of the restore.</param>
    /// <param name="ahead">How far <paramref name="index"/> is ahead of the log's own number of the entry.</param>
    public void Restore(StateSnapshot snapshot, ulong index, Guid lineage, TimeSpan clusterTime, ulong ahead = 0)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        Invariant.Check(index > snapshot.Index && index > Current.Index, "a restore at an index that is already taken");
        TimeSpan latest = snapshot.ClusterTime > clusterTime ? snapshot.ClusterTime : clusterTime;
        StateMeta meta = snapshot.Meta with
        {
            Index = index,
            Lineage = lineage,
            RestoreIndex = index,
            ClusterTime = latest,
            Ahead = ahead,
        };
        var restored = new StateSnapshot(_schema, meta, snapshot.Tables, snapshot.Topics, Current.Clients);
        Replace(_schema.RestoreHooks.Length == 0 ? restored : CarryOver(restored));
    }

    // What of the state that goes must bind the one that comes, such as leases that are still running.
    private StateSnapshot CarryOver(StateSnapshot restored)
    {
        var transaction = new StateTransaction(restored, _scratch);
        foreach (Action<StateSnapshot, StateTransaction> hook in _schema.RestoreHooks)
        {
            hook(Current, transaction);
        }

        transaction.React();
        transaction.Prepare();
        transaction.Commit();
        return transaction.ToSnapshot();
    }

    private void Replace(StateSnapshot snapshot)
    {
        Enter();
        try
        {
            Invariant.Check(ReferenceEquals(snapshot.Schema, _schema), "a snapshot of another schema");
            Invariant.Check(snapshot.Index >= Current.Index, "a snapshot older than the state");
            Ring.Reset(snapshot.Index);
            Volatile.Write(ref _current, snapshot);
            foreach (IStateObserver observer in _observers)
            {
                observer.OnReplaced(snapshot);
            }

            Watches.WakeAll();
        }
        catch (Exception e)
        {
            throw SetFault(e);
        }
        finally
        {
            Volatile.Write(ref _applying, 0);
        }
    }

    private void Enter()
    {
        if (Fault is { } fault)
        {
            throw new InvariantViolationException($"The state machine is faulted: {fault.Message}");
        }

        Invariant.Check(KeepsState, "something is applied to a machine that keeps no state");
        Invariant.Check(Interlocked.Exchange(ref _applying, 1) == 0, "two callers apply at the same time");
    }

    private InvariantViolationException SetFault(Exception e)
    {
        InvariantViolationException fault = e as InvariantViolationException ?? new InvariantViolationException($"Apply failed: {e}");
        Volatile.Write(ref _fault, fault);
        return fault;
    }

    private CommandOutcome ApplyEntry(StateTransaction transaction, StateEntry entry, ref Guid lineage, out StateChangeSet changes)
    {
        bool readable = CommandEnvelope.TryRead(entry.Bytes, out CommandEnvelope envelope);
        Invariant.Check(readable, $"entry {entry.Index} has no readable envelope; this server is too old or the log is damaged");
        transaction.Begin(entry.Index, envelope);
        bool deduplicated = envelope.Sequence != 0;
        if (deduplicated && transaction.Clients.TryAnswer(envelope.ClientId, envelope.Sequence, entry.Index, out CommandOutcome known))
        {
            changes = transaction.Commit();
            return known;
        }

        CommandOutcome outcome = Run(transaction, envelope, ref lineage);
        changes = transaction.Commit();
        if (deduplicated)
        {
            transaction.Clients.Record(envelope.ClientId, envelope.Sequence, outcome);
        }

        return outcome;
    }

    private CommandOutcome Run(StateTransaction transaction, in CommandEnvelope envelope, ref Guid lineage)
    {
        _result.Clear();
        bool wellFormed;
        try
        {
            if (SystemCommands.IsSystem(envelope.CommandId))
            {
                wellFormed = SystemCommands.TryApply(transaction, _schema, lineage, envelope.CommandId, envelope.Body.Span);
                lineage = lineage == Guid.Empty && envelope.CommandId == SystemCommand.BeginLineage && wellFormed
                    ? new Guid(envelope.Body.Span, bigEndian: true)
                    : lineage;
            }
            else
            {
                wellFormed = RunModuleCommand(transaction, envelope);
            }

            transaction.React();
            transaction.Prepare();
        }
        catch (TooManyChangesException)
        {
            return RollBack(transaction, CommandStatus.TooManyChanges);
        }
        catch (Exception e) when (e is ReactionFailedException || (envelope.CommandId >= 0x8000 && IsModuleFailure(e)))
        {
            ModuleFailed?.Invoke(envelope.CommandId, e);
            return RollBack(transaction, CommandStatus.ModuleFailed);
        }

        return wellFormed
            ? new CommandOutcome(transaction.Index, CommandStatus.Applied, SmallResults.Copy(_result.WrittenSpan))
            : RollBack(transaction, CommandStatus.MalformedBody);
    }

    /// <summary>Tells of a command of an application's module that threw and was rolled back; for logs, never for the state.</summary>
    internal Action<ushort, Exception>? ModuleFailed { get; set; }

    internal static bool IsModuleFailure(Exception e) =>
        e is not InvariantViolationException and not OutOfMemoryException and not TooManyChangesException;

    private bool RunModuleCommand(StateTransaction transaction, in CommandEnvelope envelope)
    {
        bool known = _schema.TryGetCommand(envelope.CommandId, out StateCommand? command);
        Invariant.Check(known, $"the log holds command 0x{envelope.CommandId:X4}, which no module of this server declares");
        return command!.TryApply(transaction, envelope.Body.Span, _result);
    }

    private static CommandOutcome RollBack(StateTransaction transaction, CommandStatus status)
    {
        transaction.Rollback();
        return new CommandOutcome(transaction.Index, status, default);
    }

    private void Publish(StateSnapshot snapshot, StateChangeSet[] changes)
    {
        // Ring before snapshot: whoever sees the snapshot finds its changes. Observers before watchers: a woken reader finds fresh views.
        Ring.Append(changes);
        Volatile.Write(ref _current, snapshot);
        try
        {
            foreach (IStateObserver observer in _observers)
            {
                observer.OnApplied(snapshot, changes);
            }
        }
        finally
        {
            Watches.Wake(changes);
        }
    }
}
