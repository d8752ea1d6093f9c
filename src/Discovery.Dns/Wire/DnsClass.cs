namespace Discovery.Wire;

internal static class DnsClass
{
    public const ushort IN = 1;
    public const ushort ANY = 255;
}
