namespace Discovery.Answering;

/// <summary>A name outside whose addresses are needed.</summary>
internal sealed record ExternalName(byte[] Host, ushort Type);
