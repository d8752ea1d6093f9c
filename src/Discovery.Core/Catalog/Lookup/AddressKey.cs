using System.Net;
using System.Net.Sockets;

namespace Discovery.Catalog;

/// <summary>An IP address as a key: an IPv4 address and its form in IPv6 are one.</summary>
internal readonly record struct AddressKey(UInt128 Value)
{
    private const int Bytes = 16;

    public static AddressKey Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes[10] = bytes[11] = 0xff;
            address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
        }

        return new AddressKey(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>Reads an address of the catalog; one that is a host name has no key.</summary>
    public static AddressKey? Of(string? address) =>
        address is { Length: > 0 } && IPAddress.TryParse(address, out IPAddress? ip) ? Of(ip) : null;
}
