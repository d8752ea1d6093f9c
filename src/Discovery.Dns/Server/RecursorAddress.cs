using System.Net;

namespace Discovery.Server;

/// <summary>Reads the address of a recursor: an IP address, with a port or 53.</summary>
internal static class RecursorAddress
{
    private const int DefaultPort = 53;

    public static bool TryParse(string? text, out IPEndPoint endpoint)
    {
        endpoint = new IPEndPoint(IPAddress.None, 0);
        if (text is null)
        {
            return false;
        }

        if (IPAddress.TryParse(text, out IPAddress? address))
        {
            endpoint = new IPEndPoint(address, DefaultPort);
        }
        else if (IPEndPoint.TryParse(text, out IPEndPoint? parsed) && parsed.Port > 0)
        {
            endpoint = parsed;
        }
        else
        {
            return false;
        }

        return !endpoint.Address.Equals(IPAddress.Any) && !endpoint.Address.Equals(IPAddress.IPv6Any);
    }
}
