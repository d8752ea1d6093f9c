using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.Wire;

namespace Discovery.Coordinates;

/// <summary>A batch of coordinates as a MessagePack array of them.</summary>
internal sealed class UpdateCoordinatesCommandCodec : IStateCodec<IReadOnlyList<NodeCoordinate>>
{
    public static readonly UpdateCoordinatesCommandCodec Instance = new();

    public void Write(IReadOnlyList<NodeCoordinate> value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(value.Count);
        for (int i = 0; i < value.Count; i++)
        {
            NodeCoordinateCodec.Write(ref writer, value[i]);
        }

        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out IReadOnlyList<NodeCoordinate> value)
    {
        value = null;
        var reader = new MessagePackReader(input);
        if (!reader.TryReadArrayHeader(out int count))
        {
            return false;
        }

        var batch = new NodeCoordinate[count];
        for (int i = 0; i < count; i++)
        {
            if (!NodeCoordinateCodec.TryRead(ref reader, out NodeCoordinate? coordinate))
            {
                return false;
            }

            batch[i] = coordinate;
        }

        value = batch;
        return reader.End;
    }
}
