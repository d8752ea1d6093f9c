namespace Discovery.Wire;

/// <summary>The bits of the second word of a message's header.</summary>
internal static class DnsFlags
{
    public const ushort Response = 0x8000;
    public const ushort Opcode = 0x7800;
    public const ushort Authoritative = 0x0400;
    public const ushort Truncated = 0x0200;
    public const ushort RecursionDesired = 0x0100;
    public const ushort RecursionAvailable = 0x0080;
    public const ushort CheckingDisabled = 0x0010;
    public const ushort Rcode = 0x000F;
}
