namespace Discovery.Infrastructure;

/// <summary>
/// Answers one request. What it throws of <see cref="ApiException"/> and <see cref="DiscoveryException"/> becomes the answer.
/// </summary>
/// <param name="call">The request and its reply.</param>
internal delegate Task ApiHandler(ApiCall call);
