namespace Discovery.Testing;

/// <summary>What a kernel does when work that it runs leaves its scheduler.</summary>
public enum EscapeHandling
{
    /// <summary>The pump throws <see cref="KernelEscapeException"/> after the step in which it happened.</summary>
    Fail,

    /// <summary>It is counted only. The run is not deterministic any more.</summary>
    Tolerate,
}
