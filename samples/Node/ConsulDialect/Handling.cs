namespace Discovery.Node.ConsulDialect;

/// <summary>What becomes of a key.</summary>
internal enum Handling
{
    /// <summary>Known to Consul, not done here: accepted with a warning.</summary>
    Ignored,

    /// <summary>Copied to a configuration key of Discovery.</summary>
    Mapped,

    /// <summary>Read together with others by code: listeners, services, how the process ends.</summary>
    Composed,

    /// <summary>Switches off or bounds something that is not there to begin with: nothing to do, nothing to tell.</summary>
    Moot,
}
