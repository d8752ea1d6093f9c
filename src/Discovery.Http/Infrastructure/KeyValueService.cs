namespace Discovery.Infrastructure;

/// <summary>What a node answers that has no keys.</summary>
internal static class KeyValueService
{
    /// <summary>The service, or 500 when the app has not added it.</summary>
    public static T Require<T>(T? service)
        where T : class => service
            ?? throw new ApiException(500, "This node has no key/value store: write builder.Services.AddDiscovery().AddKeyValue()");
}
