using Discovery;
using Discovery.Configuration;

namespace Microsoft.Extensions.Configuration;

/// <summary>Takes configuration from the key/value store.</summary>
public static class KeyValueConfigurationExtensions
{
    /// <summary>
    /// Adds every key below a prefix as configuration: "app/Database/Timeout" is <c>Database:Timeout</c> with the prefix "app/". Changes
    /// reload it.
    /// </summary>
    /// <remarks>
    /// Configuration is read before any node exists: the app starts with the last copy on disk, and its node, which needs
    /// <c>AddKeyValue()</c>, brings it up to date as soon as a leader has confirmed what it has. A value that cannot be read keeps the
    /// last good configuration, and is logged. Keys that differ in case only are one; the later in key order counts.
    /// </remarks>
    /// <param name="builder">The app's configuration.</param>
    /// <param name="prefix">The prefix; "app" means "app/". Empty for all keys.</param>
    /// <param name="configure">Names the file of the copy, or makes it optional.</param>
    /// <returns>The app's configuration.</returns>
    public static IConfigurationBuilder AddDiscoveryKeyValue(
        this IConfigurationBuilder builder, KeyValueKey prefix, Action<KeyValueConfigurationOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new KeyValueConfigurationOptions();
        configure?.Invoke(options);
        return builder.Add(new KeyValueConfigurationSource(ConfigurationKeys.Folder(prefix), options));
    }
}
