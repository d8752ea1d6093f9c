using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Discovery.DependencyInjection;

/// <summary>The address and name to advertise when nobody has said one.</summary>
internal static class MachineAddress
{
    public static string Find()
    {
        try
        {
            return Choose(NetworkInterface.GetAllNetworkInterfaces().Where(static i => i.OperationalStatus == OperationalStatus.Up)
                .Select(static i => i.GetIPProperties())
                .Select(static p => (p.GatewayAddresses.Any(static g => !g.Address.Equals(IPAddress.Any)),
                    p.UnicastAddresses.Select(static a => a.Address))));
        }
        catch (NetworkInformationException)
        {
            return IPAddress.Loopback.ToString();
        }
    }

    /// <summary>The first private IPv4 address, of an interface with a gateway if there is one; else loopback.</summary>
    public static string Choose(IEnumerable<(bool HasGateway, IEnumerable<IPAddress> Addresses)> interfaces)
    {
        IPAddress? best = interfaces.OrderByDescending(static i => i.HasGateway)
            .SelectMany(static i => i.Addresses).FirstOrDefault(IsPrivate);
        return (best ?? IPAddress.Loopback).ToString();
    }

    /// <summary>The first label of the machine's name, as far as DNS can carry it.</summary>
    public static string NameOf(string machine)
    {
        string label = machine.Split('.')[0];
        string name = string.Concat(label.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        name = name[..Math.Min(name.Length, Catalog.CatalogLimits.LabelCharsMax)].Trim('-');
        return name.Length > 0 ? name : "node";
    }

    /// <summary>RFC 1918, and RFC 6598 as container networks use it.</summary>
    private static bool IsPrivate(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetwork)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        return bytes[0] == 10
            || (bytes[0] == 172 && bytes[1] is >= 16 and <= 31)
            || (bytes[0] == 192 && bytes[1] == 168)
            || (bytes[0] == 100 && bytes[1] is >= 64 and <= 127);
    }
}
