using Discovery.Agent;
using Discovery.Infrastructure;
using Discovery.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Discovery.DependencyInjection;

/// <summary>The parts that answer <c>/v1/agent</c>.</summary>
internal static class AgentComposition
{
    public static void Add(IServiceCollection services)
    {
        services.TryAddSingleton<AgentRegistrationReader>();
        services.TryAddSingleton<AgentStats>();
        services.TryAddSingleton<MetricsCollector>();
        services.TryAddSingleton<LogStream>();
        services.TryAddEnumerable([
            ServiceDescriptor.Singleton<IEndpointGroup, AgentServiceEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, AgentCheckEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, AgentHealthEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, AgentNodeEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, AgentSelfEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, AgentHostEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, MetricsEndpoints>(),
            ServiceDescriptor.Singleton<IEndpointGroup, MonitorEndpoints>(),
            ServiceDescriptor.Singleton<ILoggerProvider, LogStream>(static provider => provider.GetRequiredService<LogStream>()),
        ]);

        // Whatever levels the app logs at: who listens says what he wants, and nobody hears the app's own categories.
        services.Configure<LoggerFilterOptions>(static options =>
        {
            string provider = typeof(LogStream).FullName!;
            options.Rules.Add(new LoggerFilterRule(provider, null, LogLevel.None, null));
            options.Rules.Add(new LoggerFilterRule(provider, LogStream.CategoryPrefix, LogLevel.Trace, null));
        });
    }
}
