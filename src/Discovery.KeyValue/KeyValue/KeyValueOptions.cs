namespace Discovery;

/// <summary>Limits of the key/value store. The HTTP API has smaller ones of its own, which are Consul's.</summary>
public sealed class KeyValueOptions
{
    /// <summary>The largest value, in bytes.</summary>
    /// <value>16 MiB.</value>
    public int ValueBytesMax { get; set; } = 16 * 1024 * 1024;

    /// <summary>The longest key, in bytes.</summary>
    /// <value>16,384.</value>
    public int KeyBytesMax { get; set; } = 16 * 1024;

    /// <summary>The most steps of one transaction.</summary>
    /// <value>4,096.</value>
    public int OperationsMax { get; set; } = 4096;
}
