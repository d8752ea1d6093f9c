namespace Discovery.Wire;

/// <summary>A record that a recursor gave.</summary>
internal sealed record ExternalRecord(byte[] Owner, ushort Type, uint Ttl, byte[] Data);
