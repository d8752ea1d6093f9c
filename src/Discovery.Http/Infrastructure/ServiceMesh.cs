namespace Discovery.Infrastructure;

/// <summary>The service mesh of Consul, which is not offered: its endpoints answer that there is nothing in it.</summary>
internal static class ServiceMesh
{
    /// <summary>A filter that no instance meets, for each has an id.</summary>
    public const string NoInstance = "Service.ID == \"\"";
}
