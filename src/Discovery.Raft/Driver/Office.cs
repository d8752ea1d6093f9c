using Discovery.Transport;

namespace Discovery.Driver;

/// <summary>One leader's time in office on this node: from when it has applied all that was committed before it.</summary>
/// <remarks>Cluster time goes on from the highest that was applied, by this node's monotonic clock.</remarks>
internal sealed class Office(ulong term, TimeSpan applied, TimeProvider time)
{
    private readonly long _since = time.GetTimestamp();

    public ulong Term { get; } = term;

    public TimeSpan ClusterTime => applied + time.GetElapsedTime(_since);

    /// <summary>The entry's bytes, stamped with the times of now.</summary>
    public byte[] Encode(in ForwardedProposal command)
    {
        var envelope = new CommandEnvelope(
            ClusterTime, time.GetUtcNow(), command.ClientId, command.Sequence, command.CommandId, command.Body);
        var output = new System.Buffers.ArrayBufferWriter<byte>(CommandEnvelope.HeaderBytes + command.Body.Length);
        envelope.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
