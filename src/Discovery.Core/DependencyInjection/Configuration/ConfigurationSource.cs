using Microsoft.Extensions.Configuration;

namespace Discovery.DependencyInjection;

/// <summary>The configuration that <c>AddDiscovery(IConfiguration)</c> was given; it wins over the host's.</summary>
internal sealed record ConfigurationSource(IConfiguration Configuration);
