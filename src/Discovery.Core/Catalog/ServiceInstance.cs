using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Discovery.Catalog;

namespace Discovery;

/// <summary>One instance of a service with its node and all checks that count for it: its own and those of the node.</summary>
public sealed class ServiceInstance
{
    private Uri? _uri;
    private RenderingLink _renderings;

    internal ServiceInstance(CatalogNode node, CatalogService service, CatalogCheck[] checks, RenderingBudget budget)
    {
        _renderings = budget;
        Node = node;
        Service = service;
        Checks = checks;
        Status = CheckStatus.Passing;
        foreach (CatalogCheck check in checks)
        {
            Status = check.Status > Status ? check.Status : Status;
        }

        IsPassing = Status == CheckStatus.Passing && !service.IsDraining;
        IsAvailable = Status != CheckStatus.Critical && !service.IsDraining;
        Weight = !IsAvailable ? 0 : Status == CheckStatus.Passing ? service.Weights.Passing : service.Weights.Warning;
    }

    /// <summary>The node.</summary>
    public CatalogNode Node { get; }

    /// <summary>The service entry.</summary>
    public CatalogService Service { get; }

    /// <summary>The checks of its node and then its own, each in order of their ids.</summary>
    public IReadOnlyList<CatalogCheck> Checks { get; }

    /// <summary>The instance's id.</summary>
    public string Id => Service.Id;

    /// <summary>The service's name.</summary>
    public string Name => Service.Name;

    /// <summary>The address to dial: the service's own, else its node's.</summary>
    public string Address => Service.Address.Length > 0 ? Service.Address : Node.Address;

    /// <summary>The port to dial; 0 when the service has none.</summary>
    public int Port => Service.Port;

    /// <summary>The worst status of all its checks; passing when it has none.</summary>
    public CheckStatus Status { get; }

    /// <summary>Every check passes and the instance is not being stopped.</summary>
    public bool IsPassing { get; }

    /// <summary>No check is critical and the instance is not being stopped: it may be sent something.</summary>
    public bool IsAvailable { get; }

    /// <summary>Its share of the traffic as things are: 0 when it is not available.</summary>
    public int Weight { get; }

    /// <summary>Where to dial, computed once: the scheme from the meta entry "scheme", else http.</summary>
    /// <exception cref="DiscoveryException">Address or port are none, which by Consul's rules can be registered.</exception>
    public Uri Uri => _uri ??= CreateUri();

    /// <summary>What somebody made of this instance before, or makes of it now: kept as long as the instance, within the budget.</summary>
    /// <typeparam name="T">What is made.</typeparam>
    /// <param name="kind">The kind, which it is found under.</param>
    /// <param name="make">Makes it from nothing but the instance; it asks for no other rendering.</param>
    public T Render<T>(Rendering<T> kind, Func<ServiceInstance, T> make)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(kind);
        ArgumentNullException.ThrowIfNull(make);
        return RenderingLink.Render(ref _renderings, kind, this, make);
    }

    /// <summary>Says whether another instance object shows the same.</summary>
    /// <param name="other">The other.</param>
    public bool IsSameAs(ServiceInstance? other)
    {
        if (other is null || !CatalogRows.AreSame(Node, other.Node) || !CatalogRows.AreSame(Service, other.Service)
            || Checks.Count != other.Checks.Count)
        {
            return false;
        }

        for (int i = 0; i < Checks.Count; i++)
        {
            if (!ReferenceEquals(Checks[i], other.Checks[i]) && !CatalogRows.AreSame(Checks[i], other.Checks[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}/{Id} on {Node.Name} at {Address}:{Port} ({Status})";

    private Uri CreateUri()
    {
        string scheme = Service.Meta.TryGetValue("scheme", out string? given) && Uri.CheckSchemeName(given) ? given : "http";
        string host = IPAddress.TryParse(Address, out IPAddress? ip) && ip.AddressFamily == AddressFamily.InterNetworkV6
            ? $"[{Address}]"
            : Address;
        string port = Port > 0 ? string.Create(CultureInfo.InvariantCulture, $":{Port}") : "";
        return Uri.TryCreate($"{scheme}://{host}{port}/", UriKind.Absolute, out Uri? uri)
            ? uri
            : throw new DiscoveryException(
                DiscoveryError.InvalidRequest, $"Instance {Name}/{Id} on {Node.Name} has no address to dial: \"{Address}\", port {Port}.");
    }
}
