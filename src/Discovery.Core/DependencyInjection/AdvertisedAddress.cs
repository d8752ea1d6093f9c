namespace Discovery;

/// <summary>Where one listener of the app can be reached.</summary>
/// <param name="Scheme">How: <c>http</c> or <c>https</c>.</param>
/// <param name="Host">The address it is bound to, or null when it is reached at any address of the node.</param>
/// <param name="Port">The real port.</param>
public sealed record AdvertisedAddress(string Scheme, string? Host, int Port);
