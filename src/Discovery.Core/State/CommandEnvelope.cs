using System.Buffers;
using System.Buffers.Binary;

namespace Discovery;

/// <summary>What the log carries around a command.</summary>
/// <remarks>
/// Layout, little endian: format version (1 byte, 1), cluster time in 100 ns ticks (8), wall time in UTC ticks (8), client id (16),
/// sequence (8), command id (2), body (rest). Sequence 0 is outside deduplication. The layout never changes; a new one takes a new version.
/// </remarks>
/// <param name="ClusterTime">Monotonic time of the cluster, stamped by the leader; never goes back.</param>
/// <param name="WallTime">The leader's wall clock; for display and token expiry only.</param>
/// <param name="ClientId">Who proposed.</param>
/// <param name="Sequence">The client's number for this command; a retry repeats it.</param>
/// <param name="CommandId">Which command.</param>
/// <param name="Body">The encoded command.</param>
public readonly record struct CommandEnvelope(
    TimeSpan ClusterTime, DateTimeOffset WallTime, Guid ClientId, ulong Sequence, ushort CommandId, ReadOnlyMemory<byte> Body)
{
    /// <summary>The number of bytes before the body.</summary>
    public const int HeaderBytes = 43;

    private const byte FormatVersion = 1;

    /// <summary>Appends the encoded envelope.</summary>
    /// <param name="output">Where the bytes go.</param>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        Write(output.GetSpan(HeaderBytes + Body.Length));
        output.Advance(HeaderBytes + Body.Length);
    }

    /// <summary>The encoded envelope; the body is copied once.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(HeaderBytes + Body.Length);
        Write(bytes);
        return bytes;
    }

    /// <summary>Puts other times into an encoded envelope, so that a large one need not be encoded by whoever knows the time.</summary>
    /// <param name="encoded">The envelope.</param>
    /// <param name="clusterTime">Its cluster time from now on.</param>
    /// <param name="wallTime">Its wall time from now on.</param>
    public static void Stamp(Span<byte> encoded, TimeSpan clusterTime, DateTimeOffset wallTime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(encoded.Length, HeaderBytes, nameof(encoded));
        BinaryPrimitives.WriteInt64LittleEndian(encoded[1..], clusterTime.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(encoded[9..], wallTime.UtcTicks);
    }

    /// <summary>Reads an envelope that takes up all of <paramref name="input"/>; the body is a slice of it.</summary>
    /// <param name="input">The bytes.</param>
    /// <param name="envelope">The envelope, when well-formed.</param>
    /// <returns>False for malformed bytes or an unknown format version.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> input, out CommandEnvelope envelope)
    {
        ReadOnlySpan<byte> span = input.Span;
        envelope = default;
        if (span.Length < HeaderBytes || span[0] != FormatVersion)
        {
            return false;
        }

        long clusterTicks = BinaryPrimitives.ReadInt64LittleEndian(span[1..]);
        long wallTicks = BinaryPrimitives.ReadInt64LittleEndian(span[9..]);
        if (clusterTicks < 0 || wallTicks < DateTimeOffset.MinValue.UtcTicks || wallTicks > DateTimeOffset.MaxValue.UtcTicks)
        {
            return false;
        }

        envelope = new CommandEnvelope(
            new TimeSpan(clusterTicks),
            new DateTimeOffset(wallTicks, TimeSpan.Zero),
            new Guid(span[17..33], bigEndian: true),
            BinaryPrimitives.ReadUInt64LittleEndian(span[33..]),
            BinaryPrimitives.ReadUInt16LittleEndian(span[41..]),
            input[HeaderBytes..]);
        return true;
    }

    private void Write(Span<byte> span)
    {
        span[0] = FormatVersion;
        Stamp(span, ClusterTime, WallTime);
        ClientId.TryWriteBytes(span[17..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt64LittleEndian(span[33..], Sequence);
        BinaryPrimitives.WriteUInt16LittleEndian(span[41..], CommandId);
        Body.Span.CopyTo(span[HeaderBytes..]);
    }
}
