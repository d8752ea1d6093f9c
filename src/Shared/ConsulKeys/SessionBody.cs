namespace Discovery.Consul;

/// <summary>A session that is to be created.</summary>
internal sealed partial class SessionBody
{
    public string Name = "";
    public string Node = "";
    public string Behavior = "";
    public string TimeToLive = "";
    public List<string>? NodeChecks;
    public List<SessionServiceCheckBody?>? ServiceChecks;
    public List<string>? Checks;

    /// <summary>In nanoseconds.</summary>
    public long LockDelay;
}
