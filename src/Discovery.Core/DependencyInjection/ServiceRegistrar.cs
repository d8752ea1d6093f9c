using System.Globalization;
using Discovery.Agent;
using Microsoft.Extensions.Logging;

namespace Discovery.DependencyInjection;

/// <summary>Registers what this app declares when its addresses are known, and takes it out again. Never throws into the host.</summary>
internal sealed class ServiceRegistrar(
    IDiscoveryNode node,
    DeclaredServices declared,
    IEnumerable<IAdvertisedAddressSource> addressSources,
    IEnumerable<IDefaultCheckSource> checkSources,
    ILogger<ServiceRegistrar> logger,
    SharedNode? shared = null)
{
    private const string SchemeKey = "scheme";

    private readonly Lock _lock = new();
    private readonly List<string> _registered = [];
    private readonly List<string> _late = [];
    private readonly SortedDictionary<string, string> _problems = new(StringComparer.Ordinal);

    // As they were when they were registered, without checks that nobody declared.
    private readonly SortedDictionary<string, ServiceRegistration> _known = new(StringComparer.Ordinal);
    private IReadOnlyList<AdvertisedAddress>? _addresses;
    private volatile string? _problem;

    /// <summary>What could not be registered; null when all is well.</summary>
    public string? Problem => _problem ?? node.Agent.Services.Where(service => !service.IsInSync && _late.Contains(service.Service.Id))
        .Select(static service => $"The catalog does not show service {service.Service.Id} yet").FirstOrDefault();

    /// <summary>The ids that this app has registered, in order of their declaration.</summary>
    public IReadOnlyList<string> Registered
    {
        get
        {
            lock (_lock)
            {
                return [.. _registered];
            }
        }
    }

    /// <summary>Registers every declared service, each on its own.</summary>
    /// <param name="options">How long to wait for the catalog, for each, and which names are good.</param>
    /// <param name="runtime">Clock of the timeout.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The real addresses of the app's listeners.</returns>
    public async Task<IReadOnlyList<AdvertisedAddress>> RegisterAsync(
        NodeOptions options, NodeRuntime runtime, CancellationToken cancellationToken)
    {
        IReadOnlyList<AdvertisedAddress> addresses = [.. addressSources.SelectMany(static source => source.GetAddresses())];
        foreach (ServiceRegistration declaration in declared.Registrations)
        {
            await RegisterAsync(Resolve(declaration, addresses, shared is not null), options, runtime, cancellationToken);
        }

        _addresses = addresses;
        return addresses;
    }

    /// <summary>Registers what is declared now and was not, or otherwise, and takes out what is declared no more.</summary>
    /// <param name="options">How long to wait for the catalog, for each, and which names are good.</param>
    /// <param name="runtime">Clock of the timeout.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task SynchronizeAsync(NodeOptions options, NodeRuntime runtime, CancellationToken cancellationToken)
    {
        if (_addresses is not { } addresses)
        {
            // The app has not started yet: what is declared now is registered then.
            return;
        }

        ServiceRegistration[] wanted = [.. declared.Registrations.Select(one => Resolve(one, addresses, shared is not null))];
        string[] gone;
        lock (_lock)
        {
            gone = [.. _known.Keys.Except(wanted.Select(static one => one.Id!), StringComparer.Ordinal)];
        }

        await ForEachAsync(gone, "deregister", async id => await node.Agent.DeregisterServiceAsync(id, null, cancellationToken));
        lock (_lock)
        {
            _registered.RemoveAll(gone.Contains);
            foreach (string id in gone)
            {
                ClearProblem(_known[id].Name);
                _known.Remove(id);
            }
        }

        foreach (ServiceRegistration registration in wanted.Where(one => !IsKnown(one)))
        {
            await RegisterAsync(registration, options, runtime, cancellationToken);
        }
    }

    /// <summary>Marks what was registered as draining.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) =>
        ForEachAsync(Registered, "drain", id => node.Agent.DrainAsync(id, cancellationToken));

    /// <summary>Takes out what was registered.</summary>
    public async Task DeregisterAsync(CancellationToken cancellationToken)
    {
        await ForEachAsync(
            Registered, "deregister", async id => await node.Agent.DeregisterServiceAsync(id, null, cancellationToken));
        lock (_lock)
        {
            _registered.Clear();
        }
    }

    /// <summary>A copy of a declaration with everything that is known now filled in.</summary>
    internal static ServiceRegistration Resolve(
        ServiceRegistration declaration, IReadOnlyList<AdvertisedAddress> addresses, bool isShared)
    {
        var resolved = new ServiceRegistration
        {
            Name = declaration.Name,
            Id = declaration.Id,
            Tags = [.. declaration.Tags],
            Address = declaration.Address,
            Port = declaration.Port,
            Meta = new Dictionary<string, string>(declaration.Meta, StringComparer.Ordinal),
            TaggedAddresses = new Dictionary<string, ServiceAddress>(declaration.TaggedAddresses, StringComparer.Ordinal),
            PassingWeight = declaration.PassingWeight,
            WarningWeight = declaration.WarningWeight,
            EnableTagOverride = declaration.EnableTagOverride,
            Checks = [.. declaration.Checks],
        };
        if (resolved.Port == 0 && string.IsNullOrEmpty(resolved.Address))
        {
            UseListener(resolved, addresses);
        }

        resolved.Id ??= isShared && resolved.Port > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{resolved.Name}-{resolved.Port}")
            : resolved.Name;
        return resolved;
    }

    private static void UseListener(ServiceRegistration service, IReadOnlyList<AdvertisedAddress> addresses)
    {
        AdvertisedAddress? own = service.Meta.TryGetValue(SchemeKey, out string? wanted)
            ? addresses.FirstOrDefault(address => string.Equals(address.Scheme, wanted, StringComparison.OrdinalIgnoreCase))
            : addresses.Count > 0 ? addresses[0] : null;
        if (own is not null)
        {
            (service.Address, service.Port) = (own.Host, own.Port);
            service.Meta[SchemeKey] = own.Scheme;
        }
    }

    private async Task RegisterAsync(
        ServiceRegistration registration, NodeOptions options, NodeRuntime runtime, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _known[registration.Id!] = Resolve(registration, [], shared is not null);
        }

        try
        {
            await AddDefaultChecksAsync(registration, cancellationToken);
            using var bound = new CancellationTokenSource(options.RegisterTimeout, runtime.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
            await RegisterOneAsync(registration, options, either.Token);
            ClearProblem(registration.Name);
        }
        catch (Exception e)
        {
            Log.RegistrationFailed(logger, registration.Name, e);
            _problems[registration.Name] = $"Service {registration.Name} is not registered: {e.Message}";
            _problem = string.Join("; ", _problems.Values);
        }
    }

    private void ClearProblem(string name)
    {
        if (_problems.Remove(name))
        {
            _problem = _problems.Count == 0 ? null : string.Join("; ", _problems.Values);
        }
    }

    private bool IsKnown(ServiceRegistration registration)
    {
        lock (_lock)
        {
            return _known.TryGetValue(registration.Id!, out ServiceRegistration? known)
                && node.Agent.FindService(registration.Id!) is not null
                && !_problems.ContainsKey(registration.Name)
                && StoredJson.Write(new StoredService { Registration = known }).AsSpan()
                    .SequenceEqual(StoredJson.Write(new StoredService { Registration = registration }));
        }
    }

    private async Task RegisterOneAsync(ServiceRegistration registration, NodeOptions options, CancellationToken cancellationToken)
    {
        if (registration.Port == 0 && string.IsNullOrEmpty(registration.Address))
        {
            Log.NoAddress(logger, registration.Name);
        }

        try
        {
            await node.Agent.RegisterServiceAsync(
                registration, new AgentRegisterOptions { NameRule = options.NameRule }, null, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The agent has it and goes on writing it.
            _late.Add(registration.Id!);
            Log.RegistrationLate(logger, registration.Name, options.RegisterTimeout);
        }

        lock (_lock)
        {
            if (!_registered.Contains(registration.Id!))
            {
                _registered.Add(registration.Id!);
            }
        }
    }

    private async Task AddDefaultChecksAsync(ServiceRegistration registration, CancellationToken cancellationToken)
    {
        foreach (IDefaultCheckSource source in registration.Checks.Count == 0 ? checkSources : [])
        {
            if (await source.CreateAsync(registration, cancellationToken) is { } check)
            {
                registration.Checks.Add(check);
            }
        }
    }

    private async Task ForEachAsync(IReadOnlyList<string> ids, string what, Func<string, ValueTask> act)
    {
        foreach (string id in ids)
        {
            try
            {
                await act(id);
            }
            catch (DiscoveryException e) when (e.Error == DiscoveryError.NotFound)
            {
                // Taken out meanwhile, by somebody or for being critical too long.
            }
            catch (Exception e)
            {
                Log.LeavingFailed(logger, what, id, e);
            }
        }
    }
}
