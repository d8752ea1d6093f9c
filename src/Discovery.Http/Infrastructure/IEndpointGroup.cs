namespace Discovery.Infrastructure;

/// <summary>A folder of endpoints. Registered as a singleton; asked once, when the endpoints are mapped.</summary>
internal interface IEndpointGroup
{
    /// <summary>Declares the group's routes.</summary>
    void Map(ApiRoutes routes);
}
