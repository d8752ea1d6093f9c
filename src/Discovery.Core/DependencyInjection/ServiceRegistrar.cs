using System.Globalization;
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

    private readonly List<string> _registered = [];
    private readonly List<string> _late = [];
    private readonly SortedDictionary<string, string> _problems = new(StringComparer.Ordinal);
    private volatile string? _problem;

    /// <summary>What could not be registered; null when all is well.</summary>
    public string? Problem => _problem ?? node.Agent.Services.Where(service => !service.IsInSync && _late.Contains(service.Service.Id))
        .Select(static service => $"The catalog does not show service {service.Service.Id} yet").FirstOrDefault();

    /// <summary>The ids that this app has registered, in order of their declaration.</summary>
    public IReadOnlyList<string> Registered => _registered;

    /// <summary>Registers every declared service, each on its own.</summary>
    /// <param name="timeout">How long to wait for the catalog, for each.</param>
    /// <param name="runtime">Clock of the timeout.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The real addresses of the app's listeners.</returns>
    public async Task<IReadOnlyList<AdvertisedAddress>> RegisterAsync(
        TimeSpan timeout, NodeRuntime runtime, CancellationToken cancellationToken)
    {
        IReadOnlyList<AdvertisedAddress> addresses = [.. addressSources.SelectMany(static source => source.GetAddresses())];
        foreach (ServiceRegistration declaration in declared.Registrations)
        {
            ServiceRegistration registration = Resolve(declaration, addresses, shared is not null);
            try
            {
                await AddDefaultChecksAsync(registration, cancellationToken);
                using var bound = new CancellationTokenSource(timeout, runtime.Time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
                await RegisterOneAsync(registration, timeout, either.Token);
            }
            catch (Exception e)
            {
                Log.RegistrationFailed(logger, registration.Name, e);
                _problems[registration.Name] = $"Service {registration.Name} is not registered: {e.Message}";
                _problem = string.Join("; ", _problems.Values);
            }
        }

        return addresses;
    }

    /// <summary>Marks what was registered as draining.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) =>
        ForEachAsync("drain", id => node.Agent.DrainAsync(id, cancellationToken));

    /// <summary>Takes out what was registered.</summary>
    public async Task DeregisterAsync(CancellationToken cancellationToken)
    {
        await ForEachAsync("deregister", async id => await node.Agent.DeregisterServiceAsync(id, null, cancellationToken));
        _registered.Clear();
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

    private async Task RegisterOneAsync(ServiceRegistration registration, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (registration.Port == 0 && string.IsNullOrEmpty(registration.Address))
        {
            Log.NoAddress(logger, registration.Name);
        }

        try
        {
            await node.Agent.RegisterServiceAsync(registration, null, null, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The agent has it and goes on writing it.
            _late.Add(registration.Id!);
            Log.RegistrationLate(logger, registration.Name, timeout);
        }

        _registered.Add(registration.Id!);
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

    private async Task ForEachAsync(string what, Func<string, ValueTask> act)
    {
        foreach (string id in _registered)
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
