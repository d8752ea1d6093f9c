namespace Discovery.Wire;

/// <summary>Type and payload length of a MessagePack extension value.</summary>
/// <param name="TypeCode">The application's type; negative ones belong to the format.</param>
/// <param name="Length">Bytes of payload that follow.</param>
internal readonly record struct ExtensionHeader(sbyte TypeCode, uint Length);
