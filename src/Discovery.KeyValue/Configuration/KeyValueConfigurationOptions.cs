namespace Discovery;

/// <summary>How a prefix of the key/value store becomes configuration.</summary>
public sealed class KeyValueConfigurationOptions
{
    /// <summary>
    /// A file that the last configuration is kept in: what the app starts with before its node has any state, and what it starts with
    /// when no server can be reached. Replaced as a whole, readable by its owner only.
    /// </summary>
    /// <value>Null: nothing is kept, so <see cref="Optional"/> must be set.</value>
    public string? CopyFile { get; set; }

    /// <summary>
    /// Whether the app may start without anything: without a copy the configuration is then empty until the node has been reached. Set
    /// it for the very first start of a cluster, when there is nothing yet that a copy could hold.
    /// </summary>
    /// <value>False: a missing copy fails the start.</value>
    public bool Optional { get; set; }

    /// <summary>
    /// Whether the value of a key, given without the prefix, is JSON whose properties become configuration keys below it.
    /// </summary>
    /// <value>Never. <c>static _ => true</c> expands each value that is a JSON object or array.</value>
    public Func<string, bool>? IsJson { get; set; }
}
