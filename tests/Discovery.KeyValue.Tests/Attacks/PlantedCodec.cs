using System.Buffers;

namespace Discovery.KeyValue;

/// <summary>Two bytes, 1 and the value; what is wrong with it is told when it is made.</summary>
internal sealed class PlantedCodec(PlantedCodec.Reader read, Func<int, int> write) : IStateCodec<byte>
{
    public delegate byte? Reader(ReadOnlySpan<byte> input);

    public void Write(byte value, IBufferWriter<byte> output) => output.Write<byte>([1, (byte)write(value)]);

    public bool TryRead(ReadOnlySpan<byte> input, out byte value)
    {
        byte? found = read(input);
        value = found ?? 0;
        return found is not null;
    }
}
