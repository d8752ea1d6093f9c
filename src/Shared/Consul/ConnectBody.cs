namespace Discovery.Consul;

/// <summary>The service mesh settings of a service: the mesh is not offered, so that only empty ones can be taken.</summary>
internal sealed partial class ConnectBody
{
    public bool Native;
    public bool HasSidecar;

    public bool HasContent => Native || HasSidecar;
}
