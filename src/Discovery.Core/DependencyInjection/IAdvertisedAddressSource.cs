namespace Discovery;

/// <summary>Knows where this app can be reached once its listeners run; asked after the host has started.</summary>
public interface IAdvertisedAddressSource
{
    /// <summary>The addresses of the app's own listeners, the one to prefer first; none when it has no real listener.</summary>
    IReadOnlyList<AdvertisedAddress> GetAddresses();
}
