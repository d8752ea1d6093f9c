namespace Discovery.Consul;

/// <summary>What Consul says to metadata of a service that it does not take. Pure.</summary>
internal static class ServiceMeta
{
    private const int PairsMax = 64;
    private const int KeyCharsMax = 128;
    private const int ValueBytesMax = 512;
    private const string ReservedPrefix = "consul-";

    /// <summary>The text, or null.</summary>
    public static string? Trouble(string node, string service, Dictionary<string, string>? meta)
    {
        if (meta is null)
        {
            return null;
        }

        string prefix = $"Invalid Service Meta for node {node} and serviceID {service}: ";
        if (meta.Count > PairsMax)
        {
            return $"{prefix}Node metadata cannot contain more than 64 key/value pairs";
        }

        foreach ((string key, string value) in meta.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            string? trouble = key.Length == 0 ? "Key cannot be blank"
                : !key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? "Key contains invalid characters"
                : key.Length > KeyCharsMax ? "Key is too long (limit: 128 characters)"
                : key.StartsWith(ReservedPrefix, StringComparison.Ordinal) ? "Key prefix 'consul-' is reserved for internal use"
                : System.Text.Encoding.UTF8.GetByteCount(value) > ValueBytesMax ? "Value is too long (limit: 512 characters)"
                : null;
            if (trouble is not null)
            {
                return $"{prefix}Couldn't load metadata pair ('{key}', '{value}'): {trouble}";
            }
        }

        return null;
    }
}
