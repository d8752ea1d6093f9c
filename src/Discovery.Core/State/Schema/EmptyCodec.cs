using System.Buffers;

namespace Discovery.State.Codecs;

/// <summary>No bytes at all.</summary>
internal sealed class EmptyCodec : IStateCodec<StateEmpty>
{
    public void Write(StateEmpty value, IBufferWriter<byte> output)
    {
    }

    public bool TryRead(ReadOnlySpan<byte> input, out StateEmpty value)
    {
        value = default;
        return input.IsEmpty;
    }
}
