namespace Discovery.Consul;

/// <summary>One operation of a transaction: the first of its kinds that is there counts.</summary>
internal sealed partial class TransactionBody
{
    public KeyValueOperationBody? KeyValue;
    public NodeOperationBody? Node;
    public ServiceOperationBody? Service;
    public CheckOperationBody? Check;
}
