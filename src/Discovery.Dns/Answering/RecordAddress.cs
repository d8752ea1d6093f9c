using System.Net;
using System.Net.Sockets;
using Discovery.Wire;

namespace Discovery.Answering;

/// <summary>Where an instance or node is told to be: 4 or 16 bytes of address, or the encoded name of a host, or nothing.</summary>
/// <param name="Bytes">The address, or the name; null for nothing.</param>
/// <param name="Type">A, AAAA, or CNAME for a host's name.</param>
internal readonly record struct RecordAddress(byte[]? Bytes, ushort Type)
{
    public bool IsNone => Bytes is null;

    public bool IsHost => Type == DnsType.CNAME;

    public bool IsAddress => Bytes is not null && Type != DnsType.CNAME;

    /// <summary>Reads an address or a host's name as the catalog has it.</summary>
    public static RecordAddress Parse(string text)
    {
        if (text.Length == 0)
        {
            return default;
        }

        if (IPAddress.TryParse(text, out IPAddress? ip))
        {
            ip = ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip;
            return new RecordAddress(ip.GetAddressBytes(), ip.AddressFamily == AddressFamily.InterNetwork ? DnsType.A : DnsType.AAAA);
        }

        return DnsName.TryEncode(text) is { } name ? new RecordAddress(name, DnsType.CNAME) : default;
    }

    /// <summary>Whether a question that wants such addresses can be given this one; a host's name always can.</summary>
    public bool Fits(AddressWanted wanted) => Type switch
    {
        DnsType.A => wanted != AddressWanted.V6,
        DnsType.AAAA => wanted != AddressWanted.V4,
        _ => true,
    };

    private static bool Same(byte[]? a, byte[]? b) => a.AsSpan().SequenceEqual(b);

    public bool Equals(RecordAddress other) => Type == other.Type && Same(Bytes, other.Bytes);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }
}
