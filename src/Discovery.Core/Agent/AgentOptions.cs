namespace Discovery;

/// <summary>How the local agent keeps the catalog in step with what its process offers.</summary>
public sealed class AgentOptions
{
    /// <summary>How often everything is compared without any change being told.</summary>
    /// <remarks>
    /// Local changes, and changes of the node's entries in the catalog, are answered at once; this is for what nobody told. Each pause is
    /// longer by a random part of up to a tenth.
    /// </remarks>
    /// <value>One minute.</value>
    public TimeSpan SyncInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The pause after a write that failed; each failure in a row doubles it.</summary>
    /// <value>250 ms.</value>
    public TimeSpan RetryDelayFirst { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The limit of the doubling of <see cref="RetryDelayFirst"/>.</summary>
    /// <value>15 seconds.</value>
    public TimeSpan RetryDelayMax { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many writes are under way at the same time.</summary>
    /// <value>128.</value>
    public int ConcurrentWritesMax { get; set; } = 128;

    /// <summary>Whether services and checks are taken out of the catalog when the node stops in good order.</summary>
    /// <value>True.</value>
    public bool DeregisterOnStop { get; set; } = true;
}
