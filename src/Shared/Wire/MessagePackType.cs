namespace Discovery.Wire;

/// <summary>The families of MessagePack values.</summary>
internal enum MessagePackType : byte
{
    /// <summary>No value: end of input, or the byte that the format never uses.</summary>
    Unknown,
    Integer,
    Nil,
    Boolean,
    Float,
    String,
    Binary,
    Array,
    Map,
    Extension,
}
