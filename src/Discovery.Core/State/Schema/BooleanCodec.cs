using System.Buffers;

namespace Discovery.State.Codecs;

/// <summary>One byte, 0 or 1.</summary>
internal sealed class BooleanCodec : IStateCodec<bool>
{
    public void Write(bool value, IBufferWriter<byte> output) => output.Write(value ? [(byte)1] : [(byte)0]);

    public bool TryRead(ReadOnlySpan<byte> input, out bool value)
    {
        value = input is [1];
        return input is [0 or 1];
    }
}
