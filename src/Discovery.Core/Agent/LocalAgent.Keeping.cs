using Discovery.Health;

namespace Discovery.Agent;

/// <summary>Changes that the data directory takes part in: the disk first, then the agent.</summary>
internal sealed partial class LocalAgent
{
    // A crash while a check was taken from one service by another leaves it with both: then it is the last one's.
    private static readonly AgentRegisterOptions s_restored = new()
    {
        Lifetime = RegistrationLifetime.DataDirectory,
        TakesChecks = true,
    };

    private async Task PutServiceAsync(AgentServiceEntry service, IReadOnlyList<AgentCheckEntry> checks, ChecksOfBefore others)
    {
        AgentState current = _store.Current;
        string id = service.Row.Id;
        AgentCheckEntry[] known =
        [
            .. checks.Select(check => current.FindCheck(check.Row.CheckId) is null ? _keeper.Restore(check) : check),
        ];
        AgentState with = current.PutService(service, known, others);
        AgentCheckEntry[] waited = others == ChecksOfBefore.Replace ? []
            : [.. _keeper.WaitingFor(id).Select(stored => ReadStored(with, stored)).OfType<AgentCheckEntry>()];
        await SaveServiceAsync(id, state => waited.Aggregate(
            state.PutService(service, known, others), static (put, check) => put.PutCheck(check)));
        _keeper.EndWait(id);
    }

    private Task RemoveServiceAsync(string serviceId) =>
        SaveServiceAsync(serviceId, state => state.RemoveService(serviceId, DepartureReason.Deregistered));

    private Task SaveServiceAsync(string serviceId, Func<AgentState, AgentState> change)
    {
        AgentState before = _store.Current;
        _keeper.SaveService(before, change(before), serviceId);
        return UpdateAsync(serviceId, change);
    }

    private Task SaveCheckAsync(string serviceId, string checkId, Func<AgentState, AgentState> change)
    {
        AgentState before = _store.Current;
        _keeper.SaveCheck(before, change(before), serviceId, checkId);
        return UpdateCheckAsync(serviceId, checkId, change);
    }

    // Somebody may have taken the check out, or put another one in its place, since its owner spoke.
    private Task KeepWordAsync(CheckKey key, CheckStatus status, string output, RegistrationLifetime lifetime)
    {
        if (_store.Current.FindCheck(key.CheckId) is { Definition.Kind: CheckKind.Ttl } check && check.Key == key)
        {
            _keeper.SaveState(check, status, _runner.PeekOutput(key) ?? output, lifetime);
        }

        return Task.CompletedTask;
    }

    private async Task RestoreAsync()
    {
        (IReadOnlyList<StoredService> services, IReadOnlyList<StoredCheck> checks) = _keeper.Load();
        foreach (StoredService stored in services.OrderBy(static one => one.Id, StringComparer.Ordinal))
        {
            // What the app declares wins: its registration takes the file away.
            if (!_parts.IsDeclared(stored.Id))
            {
                await RestoreAsync(stored);
            }
        }

        foreach (StoredCheck stored in checks.OrderBy(static one => one.CheckId, StringComparer.Ordinal))
        {
            if (_store.Current.HolderOf(stored.CheckId) is not null)
            {
                // A service took it, and the process ended before this file went.
                continue;
            }

            if (stored.ServiceId.Length > 0 && !_store.Current.Services.ContainsKey(stored.ServiceId))
            {
                _keeper.Wait(stored);
            }
            else if (ReadStored(_store.Current, stored) is { } entry)
            {
                await UpdateCheckAsync(stored.ServiceId, stored.CheckId, state => state.PutCheck(entry));
            }
        }

        if (services.Count + checks.Count > 0)
        {
            Log.Restored(_parts.Logger, _store.Current.Services.Count, checks.Count);
        }
    }

    private async Task RestoreAsync(StoredService stored)
    {
        AgentRegisterOptions options = s_restored with { NameRule = stored.NameRule };
        try
        {
            (AgentServiceEntry service, IReadOnlyList<AgentCheckEntry> checks) = AgentRegistrations.ReadService(
                _store.Current, stored.Registration, options, _parts.Health, CallContext.Local with { Token = stored.Token });
            AgentCheckEntry[] restored = [.. checks.Select(_keeper.Restore)];
            await UpdateAsync(stored.Id, state => state.PutService(service, restored));
        }
        catch (DiscoveryException e) when (e.Error == DiscoveryError.InvalidRequest)
        {
            // What was good when it was written, and is not by the options of today.
            Log.NotRestored(_parts.Logger, $"Service {stored.Id}", e.Message);
        }
    }

    private AgentCheckEntry? ReadStored(AgentState state, StoredCheck stored)
    {
        CallContext context = CallContext.Local with { Token = stored.Token };
        try
        {
            AgentCheckEntry entry = stored.Definition is { } definition
                ? _keeper.Restore(AgentRegistrations.ReadCheck(
                    state, definition, stored.ServiceId, s_restored, _parts.Health, context))
                : AgentRegistrations.Maintenance(state, state.Services.GetValueOrDefault(stored.ServiceId)?.Row, stored.Notes, context);
            return entry with { Lifetime = entry.IsDeclared ? entry.Lifetime : RegistrationLifetime.DataDirectory };
        }
        catch (DiscoveryException e) when (e.Error == DiscoveryError.InvalidRequest)
        {
            Log.NotRestored(_parts.Logger, $"Check {stored.CheckId}", e.Message);
            return null;
        }
    }
}
