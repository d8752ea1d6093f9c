using Discovery.Health;

namespace Discovery.Agent;

/// <summary>Starting, stopping, and taking out what was critical for too long.</summary>
internal sealed partial class LocalAgent
{
    /// <summary>Reads the data directory, starts checks and synchronization; ends when the catalog shows the node.</summary>
    /// <exception cref="DiscoveryException">
    /// The catalog refuses the node: its name is another living node's. Or the data directory cannot be read.
    /// </exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        Invariant.Check(_loops.Length == 0, "the agent was started twice");
        _runner.Start();
        if (!_parts.StateMachine.KeepsState)
        {
            // A witness offers nothing; the cluster's leader has its node's row written.
            return;
        }

        await ChangeAsync(RestoreAsync);
        _loops =
        [
            _parts.Supervisor.Start("agent-sync", _sync.RunAsync, LoopRestart.OnFailure, _ended.Token),
            _parts.Supervisor.Start("agent-watch", token => _sync.WatchAsync(_aliases.Notify, token), LoopRestart.OnFailure, _ended.Token),
            _parts.Supervisor.Start("agent-expiry", ExpireAsync, LoopRestart.OnFailure, _ended.Token),
        ];
        _ = EndWaitersAsync(_loops[0]);
        await _sync.Waiters.WaitAsync(null, s_none, _sync.Wake, cancellationToken);
    }

    /// <summary>
    /// Tells that the application has declared all it offers: what an earlier run left in the catalog under this node's name, and is not
    /// declared again, goes. Without this call it goes at the first full comparison.
    /// </summary>
    public async Task CompleteDeclarationsAsync()
    {
        if (!_parts.StateMachine.KeepsState)
        {
            return;
        }

        _sync.EndGrace();
        try
        {
            await ChangeAsync(() =>
            {
                _keeper.DropWaiting(_store.Current);
                return Task.CompletedTask;
            });
        }
        catch (DiscoveryException e) when (e.Error is DiscoveryError.StorageFailed or DiscoveryError.Stopped)
        {
            Log.NotForgotten(_parts.Logger, e.Message);
        }
    }

    /// <summary>Stops the checks and the synchronization.</summary>
    /// <param name="leave">
    /// Whether services and checks are taken out of the catalog before; <see cref="AgentOptions.DeregisterOnStop"/> can forbid it.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting for the catalog; the rest of the stop is carried out.</param>
    public async Task StopAsync(bool leave, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isStopped, true))
        {
            return;
        }

        bool isLeaving = leave && _parts.Options.DeregisterOnStop && _loops.Length > 0;
        AgentState before = _store.Current;
        await _changes.EnterAsync(CancellationToken.None);
        try
        {
            await _runner.DisposeAsync();
            if (isLeaving)
            {
                before = _store.Update(static state => state.RemoveAll(DepartureReason.AgentStopped)).Before;
            }
        }
        finally
        {
            _changes.Leave();
        }

        if (isLeaving)
        {
            await WaitForLeaveAsync(before, cancellationToken);
        }

        _ended.Cancel();
        await Task.WhenAll(_loops);
        _sync.Dispose();
    }

    /// <summary>Ends checks and synchronization without waiting, for a host that is disposed and was never stopped.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _isStopped, true))
        {
            _runner.Abandon();
            _ended.Cancel();
            _sync.Dispose();
        }
    }

    // When the synchronization has ended for good, nobody is to wait for it.
    private async Task EndWaitersAsync(Task sync)
    {
        await sync;
        Exception? fault = _parts.Supervisor.Fault;
        _sync.Waiters.End(fault is null ? Stopped() : new DiscoveryException(
            DiscoveryError.Faulted, "The node met a broken invariant; its log says which.", WriteOutcome.Unknown, fault));
    }

    private async Task WaitForLeaveAsync(AgentState before, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(before.Services.Keys
                .Select(id => _sync.Waiters.WaitAsync(id, s_none, _sync.Wake, cancellationToken))
                .Append(_sync.Waiters.WaitAsync(null, [.. before.NodeChecks.Keys], _sync.Wake, cancellationToken)));
        }
        catch (Exception e) when (e is DiscoveryException or OperationCanceledException)
        {
            Log.LeaveIncomplete(_parts.Logger, e.Message);
        }
    }

    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_health.TryTakeDue(out AgentHealth.DueService due))
            {
                try
                {
                    await ChangeAsync(() => ExpireAsync(due));
                }
                catch (DiscoveryException e) when (e.Error == DiscoveryError.Stopped)
                {
                    // The agent stops: it takes everything out anyway, or leaves everything.
                    return;
                }
            }

            await _health.WaitForDueAsync(cancellationToken);
        }
    }

    // A service that was registered again since then has its time anew.
    private async Task ExpireAsync(AgentHealth.DueService due)
    {
        bool isSame = _store.Current.Services.TryGetValue(due.ServiceId, out AgentServiceEntry? entry)
            && entry.Registration == due.Registration;
        if (isSame)
        {
            Log.CriticalTooLong(_parts.Logger, due.ServiceId, due.CheckId);
            AgentState Remove(AgentState state) => state.RemoveService(due.ServiceId, DepartureReason.CriticalTooLong);
            try
            {
                _keeper.SaveService(_store.Current, Remove(_store.Current), due.ServiceId);
            }
            catch (DiscoveryException e) when (e.Error == DiscoveryError.StorageFailed)
            {
                Log.NotForgotten(_parts.Logger, e.Message);
            }

            await UpdateAsync(due.ServiceId, Remove);
        }
    }
}
