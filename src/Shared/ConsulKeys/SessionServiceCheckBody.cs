namespace Discovery.Consul;

/// <summary>A check of a service that a session depends on.</summary>
internal sealed partial class SessionServiceCheckBody
{
    public string Id = "";
}
