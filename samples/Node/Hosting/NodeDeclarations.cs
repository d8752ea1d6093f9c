using Discovery.Node.ConsulDialect;

namespace Discovery.Node.Hosting;

/// <summary>Keeps the local agent in step with the services and checks that the configuration declares.</summary>
/// <remarks>They go to the agent as what others declare, under Consul's rules for names, and not as services of this app.</remarks>
internal sealed class NodeDeclarations(DialectSource source, ILocalAgent agent) : IHostedService
{
    private static readonly AgentRegisterOptions s_options = new() { NameRule = NameRule.Any };

    private SortedSet<string> _services = new(StringComparer.Ordinal);
    private SortedSet<string> _checks = new(StringComparer.Ordinal);

    public Task StartAsync(CancellationToken cancellationToken) => SynchronizeAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Registers what the configuration declares now, and takes out what it no longer does.</summary>
    /// <remarks>Nothing is taken out when the agent does not take all that is declared: a slip in a file must not empty the node.</remarks>
    /// <exception cref="DialectException">The agent does not take one of them.</exception>
    public async Task SynchronizeAsync(CancellationToken cancellationToken)
    {
        Dialect dialect = source.Current;
        var services = new SortedSet<string>(dialect.Services.Select(IdOf), StringComparer.Ordinal);
        var checks = new SortedSet<string>(dialect.Checks.Select(static entry => IdOf(entry.Check)), StringComparer.Ordinal);
        string[] goneServices = [.. _services.Except(services, StringComparer.Ordinal)];
        // A check of its own may have become one of a service.
        IEnumerable<string> ofServices = dialect.Services.SelectMany(static service => service.Checks).Select(IdOf);
        string[] goneChecks = [.. _checks.Except(checks, StringComparer.Ordinal).Except(ofServices, StringComparer.Ordinal)];
        _services.UnionWith(services);
        _checks.UnionWith(checks);
        await Task.WhenAll(dialect.Services.Select(service => RegisterAsync(service, cancellationToken)));
        await Task.WhenAll(dialect.Checks.Select(entry => RegisterAsync(entry.Check, entry.ServiceId, cancellationToken)));
        foreach (string gone in goneChecks)
        {
            await agent.DeregisterCheckAsync(gone, cancellationToken: cancellationToken);
        }

        foreach (string gone in goneServices)
        {
            await agent.DeregisterServiceAsync(gone, cancellationToken: cancellationToken);
        }

        (_services, _checks) = (services, checks);
    }

    private static string IdOf(ServiceRegistration service) => service.Id ?? service.Name;

    private static string IdOf(CheckDefinition check) => check.CheckId ?? check.Name ?? "";

    private async Task RegisterAsync(ServiceRegistration service, CancellationToken cancellationToken)
    {
        try
        {
            await agent.RegisterServiceAsync(service, s_options, cancellationToken: cancellationToken);
        }
        catch (DiscoveryException e)
        {
            throw new DialectException($"Failed to register service \"{service.Name}\": {e.Message}", e);
        }
    }

    private async Task RegisterAsync(CheckDefinition check, string? serviceId, CancellationToken cancellationToken)
    {
        try
        {
            check.CheckId ??= check.Name;
            await agent.RegisterCheckAsync(check, serviceId, s_options, cancellationToken: cancellationToken);
        }
        catch (DiscoveryException e)
        {
            throw new DialectException($"Failed to register check '{check.Name}': {e.Message}", e);
        }
    }
}
