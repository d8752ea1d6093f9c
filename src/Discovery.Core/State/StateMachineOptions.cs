namespace Discovery;

/// <summary>Limits of the node-local side of the state machine; nothing here reaches the replicated state.</summary>
public sealed class StateMachineOptions
{
    /// <summary>How many bytes of past change sets are kept for watchers that resume.</summary>
    /// <value>64 MiB.</value>
    public long RingBytesMax { get; set; } = 64 * 1024 * 1024;
}
