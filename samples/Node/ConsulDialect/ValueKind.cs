namespace Discovery.Node.ConsulDialect;

/// <summary>What a key holds.</summary>
internal enum ValueKind
{
    Text,
    Bool,
    Whole,
    Unsigned,
    Unsigned32,
    Unsigned64,
    Number,

    /// <summary>A text such as <c>10s</c>.</summary>
    Duration,

    Texts,
    TextMap,

    /// <summary>Texts to durations, each a text.</summary>
    DurationMap,

    /// <summary>Texts to lists of texts.</summary>
    TextsMap,

    /// <summary>An object with known keys.</summary>
    Object,

    /// <summary>A list of objects with known keys.</summary>
    Objects,

    /// <summary>Any names, each with an object of known keys.</summary>
    ObjectMap,

    /// <summary>Whatever is written there.</summary>
    Any,

    /// <summary>An object whose keys nobody checks.</summary>
    AnyMap,

    /// <summary>A list of such objects.</summary>
    AnyMaps,
}
