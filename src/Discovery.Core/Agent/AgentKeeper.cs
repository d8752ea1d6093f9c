using Discovery.Health;
using Microsoft.Extensions.Logging;

namespace Discovery.Agent;

/// <summary>Decides what of the agent is on the disk, and holds what came from there until its service is registered.</summary>
/// <remarks>
/// <para>The disk comes first: an entry is changed in the agent when its file has been written, so that what a caller was told of survives
/// a crash at any moment, and what could not be written leaves the agent as it was. A service and the checks that came with it are one
/// file, so that a crash never leaves half of them.</para>
/// <para>Checks of a service that the app declares are read before the app has declared it: they wait here for it until all is declared.
/// Calls come one at a time.</para>
/// </remarks>
internal sealed class AgentKeeper(AgentFiles? files, TimeProvider time, ILogger logger)
{
    private readonly SortedDictionary<string, List<StoredCheck>> _waiting = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, StoredState> _states = new(StringComparer.Ordinal);

    /// <summary>Whether there is a disk.</summary>
    public bool IsOn => files is not null;

    /// <summary>Reads the disk.</summary>
    /// <exception cref="DiscoveryException">The disk says no.</exception>
    public (IReadOnlyList<StoredService> Services, IReadOnlyList<StoredCheck> Checks) Load()
    {
        if (files is null)
        {
            return ([], []);
        }

        files.Open();
        IReadOnlyList<StoredService> services = files.Load(AgentFiles.Services, StoredJson.ReadService, static one => one.Id);
        IReadOnlyList<StoredCheck> checks = files.Load(AgentFiles.Checks, StoredJson.ReadCheck, static one => one.CheckId);
        foreach (StoredState state in files.Load(AgentFiles.States, StoredJson.ReadState, static one => one.CheckId))
        {
            _states[state.CheckId] = state;
        }

        return (services, checks);
    }

    /// <summary>Keeps a check for a service that is not registered yet.</summary>
    public void Wait(StoredCheck check)
    {
        if (!_waiting.TryGetValue(check.ServiceId, out List<StoredCheck>? waiting))
        {
            _waiting[check.ServiceId] = waiting = [];
        }

        waiting.Add(check);
    }

    /// <summary>The checks that wait for a service.</summary>
    public IReadOnlyList<StoredCheck> WaitingFor(string serviceId) =>
        _waiting.TryGetValue(serviceId, out List<StoredCheck>? waiting) ? waiting : [];

    /// <summary>A service is registered, with the checks that waited for it.</summary>
    public void EndWait(string serviceId) => _waiting.Remove(serviceId);

    /// <summary>A check that is new, with the last word of its owner, if the disk has it and it still counts.</summary>
    public AgentCheckEntry Restore(AgentCheckEntry check) =>
        _states.TryGetValue(check.Row.CheckId, out StoredState? state)
        && check.Definition is { Kind: CheckKind.Ttl }
        && state.ServiceId == check.Row.ServiceId
        && state.ExpiresAt > time.GetUtcNow()
            ? check with { Row = check.Row with { Status = state.Status, Output = state.Output } }
            : check;

    /// <summary>Has the disk show a service as it is to be, with its checks.</summary>
    /// <param name="before">The agent as it is.</param>
    /// <param name="after">The agent as it is to be.</param>
    /// <param name="serviceId">The service that comes, changes or goes.</param>
    /// <exception cref="DiscoveryException">The disk says no.</exception>
    public void SaveService(AgentState before, AgentState after, string serviceId)
    {
        if (files is null)
        {
            return;
        }

        AgentServiceEntry? now = after.Services.GetValueOrDefault(serviceId);
        if (!TryPutService(after, serviceId))
        {
            files.Remove(AgentFiles.Services, serviceId);
        }

        foreach (AgentCheckEntry check in before.ChecksOf(serviceId).Values)
        {
            if (now?.Checks.GetValueOrDefault(check.Row.CheckId) is not { } stays)
            {
                Forget(check.Row.CheckId);
            }
            else if (stays.IsDeclared)
            {
                files.Remove(AgentFiles.Checks, check.Row.CheckId);
            }
        }

        foreach (AgentCheckEntry check in now?.Checks.Values ?? [])
        {
            GiveUp(before, after, check);
        }
    }

    /// <summary>Has the disk show one check of a service (or, with the empty id, of the node) as it is to be.</summary>
    /// <exception cref="DiscoveryException">The disk says no.</exception>
    public void SaveCheck(AgentState before, AgentState after, string serviceId, string checkId)
    {
        if (files is null)
        {
            return;
        }

        AgentCheckEntry? check = after.ChecksOf(serviceId).GetValueOrDefault(checkId);
        // The check may be one of the service's own, or may have been.
        TryPutService(after, serviceId);
        if (check is { IsDeclared: false, Lifetime: RegistrationLifetime.DataDirectory })
        {
            files.Put(AgentFiles.Checks, checkId, StoredJson.Write(StoredOf(check)));
        }
        else if (check is null)
        {
            Forget(checkId);
        }
        else
        {
            files.Remove(AgentFiles.Checks, checkId);
        }

        if (check is not null)
        {
            GiveUp(before, after, check);
        }
    }

    /// <summary>Has the disk show, or no longer show, what the owner of a TTL check said.</summary>
    /// <exception cref="DiscoveryException">The disk says no.</exception>
    public void SaveState(AgentCheckEntry check, CheckStatus status, string output, RegistrationLifetime lifetime)
    {
        if (files is null)
        {
            return;
        }

        if (lifetime != RegistrationLifetime.DataDirectory)
        {
            files.Remove(AgentFiles.States, check.Row.CheckId);
            return;
        }

        files.Put(AgentFiles.States, check.Row.CheckId, StoredJson.Write(new StoredState
        {
            CheckId = check.Row.CheckId,
            ServiceId = check.Row.ServiceId,
            Status = status,
            Output = output,
            ExpiresAt = time.GetUtcNow() + check.Definition!.Ttl!.Value,
        }));
    }

    /// <summary>All is declared: what still waits for its service or check goes.</summary>
    /// <exception cref="DiscoveryException">The disk says no.</exception>
    public void DropWaiting(AgentState state)
    {
        foreach (StoredCheck check in _waiting.Values.SelectMany(static waiting => waiting))
        {
            Log.CheckDropped(logger, check.CheckId, check.ServiceId);
            files?.Remove(AgentFiles.Checks, check.CheckId);
        }

        _waiting.Clear();
        foreach (string checkId in _states.Keys.Where(checkId => state.FindCheck(checkId) is null))
        {
            files?.Remove(AgentFiles.States, checkId);
        }

        _states.Clear();
    }

    private static StoredService StoredOf(AgentServiceEntry entry)
    {
        CatalogService row = entry.Row;
        return new StoredService
        {
            Registration = new ServiceRegistration
            {
                Name = row.Name,
                Id = row.Id,
                Tags = [.. row.Tags],
                Address = row.Address.Length == 0 ? null : row.Address,
                Port = row.Port,
                Meta = row.Meta.ToDictionary(StringComparer.Ordinal),
                TaggedAddresses = row.TaggedAddresses.ToDictionary(StringComparer.Ordinal),
                PassingWeight = row.Weights.Passing,
                WarningWeight = row.Weights.Warning,
                EnableTagOverride = row.EnableTagOverride,
                Checks = [.. entry.Checks.Values.Where(static check => check.IsDeclared).Select(static check => check.Definition!)],
            },
            NameRule = entry.NameRule,
            Token = entry.Context.Token,
        };
    }

    private static StoredCheck StoredOf(AgentCheckEntry check) => new()
    {
        CheckId = check.Row.CheckId,
        ServiceId = check.Row.ServiceId,
        Definition = check.Definition,
        Notes = check.Definition is null ? check.Row.Notes : "",
        Token = check.Context.Token,
    };

    private bool TryPutService(AgentState state, string serviceId)
    {
        if (state.Services.GetValueOrDefault(serviceId) is not { Lifetime: RegistrationLifetime.DataDirectory } service)
        {
            return false;
        }

        files!.Put(AgentFiles.Services, serviceId, StoredJson.Write(StoredOf(service)));
        return true;
    }

    // A check that was taken from another service is no longer in that one's file.
    private void GiveUp(AgentState before, AgentState after, AgentCheckEntry check)
    {
        if (before.HolderOf(check.Row.CheckId) is { } holder && holder != check.Row.ServiceId)
        {
            TryPutService(after, holder);
            _states.Remove(check.Row.CheckId);
            files!.Remove(AgentFiles.States, check.Row.CheckId);
            if (check.IsDeclared)
            {
                files.Remove(AgentFiles.Checks, check.Row.CheckId);
            }
        }
    }

    private void Forget(string checkId)
    {
        _states.Remove(checkId);
        files!.Remove(AgentFiles.Checks, checkId);
        files.Remove(AgentFiles.States, checkId);
    }
}
