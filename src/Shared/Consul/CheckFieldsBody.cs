namespace Discovery.Consul;

/// <summary>What a check has wherever it stands.</summary>
internal abstract class CheckFieldsBody
{
    public string Node = "";
    public string CheckId = "";
    public string Name = "";
    public string Status = "";
    public string Notes = "";
    public string Output = "";
    public string ServiceId = "";
}
