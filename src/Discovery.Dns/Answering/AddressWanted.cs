namespace Discovery.Answering;

/// <summary>Which addresses a question accepts.</summary>
internal enum AddressWanted
{
    /// <summary>IPv4 only.</summary>
    V4,

    /// <summary>IPv6 only.</summary>
    V6,

    /// <summary>Either, IPv6 first.</summary>
    Any,
}
