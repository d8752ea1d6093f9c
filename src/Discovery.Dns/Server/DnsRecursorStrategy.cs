namespace Discovery;

/// <summary>In which order recursors are asked.</summary>
public enum DnsRecursorStrategy
{
    /// <summary>As they are listed.</summary>
    Sequential = 0,

    /// <summary>In another random order for each question.</summary>
    Random = 1,
}
