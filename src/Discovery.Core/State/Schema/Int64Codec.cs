using System.Buffers;
using System.Buffers.Binary;

namespace Discovery.State.Codecs;

/// <summary>A number in eight bytes, most significant first.</summary>
internal sealed class Int64Codec : IStateCodec<long>
{
    public void Write(long value, IBufferWriter<byte> output)
    {
        BinaryPrimitives.WriteInt64BigEndian(output.GetSpan(sizeof(long)), value);
        output.Advance(sizeof(long));
    }

    public bool TryRead(ReadOnlySpan<byte> input, out long value) =>
        BinaryPrimitives.TryReadInt64BigEndian(input, out value) && input.Length == sizeof(long);
}
