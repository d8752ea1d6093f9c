namespace Discovery.Consul;

/// <summary>The weights of a service.</summary>
internal sealed partial class WeightsBody
{
    public long Passing;
    public long Warning;
}
