using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging;

namespace Discovery.Hosting;

/// <summary>The addresses that the app's server really listens on.</summary>
internal sealed class ServerAddressSource(ILogger<ServerAddressSource> logger, IServer? server = null) : IAdvertisedAddressSource
{
    private int _told;

    public IReadOnlyList<AdvertisedAddress> GetAddresses()
    {
        IReadOnlyList<AdvertisedAddress> addresses = ListenerAddress.Parse(
            server?.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        if (addresses.Count == 0 && Interlocked.Exchange(ref _told, 1) == 0)
        {
            Log.NoListener(logger);
        }

        return addresses;
    }
}
