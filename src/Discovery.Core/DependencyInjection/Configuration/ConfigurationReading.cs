using Microsoft.Extensions.Configuration;

namespace Discovery.DependencyInjection;

/// <summary>What the configuration said when it was read, and what is wrong with it.</summary>
internal sealed record ConfigurationReading(IConfigurationSection? Root, ConfigurationFailures Failures);
