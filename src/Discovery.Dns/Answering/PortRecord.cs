namespace Discovery.Answering;

/// <summary>One SRV record of a service with what belongs to it, complete but for times to live and pointers.</summary>
/// <param name="Service">The SRV record; the target begins at <see cref="TargetOffset"/>.</param>
/// <param name="Glue">The address of the target, whose first two bytes are a pointer to be filled in.</param>
/// <param name="Target">Which target it is; several records may share one.</param>
/// <param name="Texts">The metadata of the node as TXT records without owners; empty where another record of the node has it.</param>
/// <param name="TextCount">How many TXT records that are.</param>
/// <param name="TextOwner">What their owner has before datacenter and domain; null when it is the target.</param>
internal sealed record PortRecord(byte[] Service, byte[] Glue, int Target, byte[] Texts, int TextCount, byte[]? TextOwner)
{
    public const int TtlOffset = 6;
    public const int TargetOffset = 18;

    public int TargetBytes => Service.Length - TargetOffset;
}
