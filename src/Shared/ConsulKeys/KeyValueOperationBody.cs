namespace Discovery.Consul;

/// <summary>An operation on a key.</summary>
internal sealed partial class KeyValueOperationBody
{
    public string Verb = "";
    public string Key = "";
    public byte[] Value = [];
    public ulong Flags;
    public ulong Index;
    public string Session = "";
}
