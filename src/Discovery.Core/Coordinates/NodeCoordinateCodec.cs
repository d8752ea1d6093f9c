using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.Catalog;
using Discovery.Wire;

namespace Discovery.Coordinates;

/// <summary>
/// A node's coordinate as a MessagePack array: node, segment, error, adjustment, height, and the array of the vector's dimensions.
/// </summary>
internal sealed class NodeCoordinateCodec : IStateCodec<NodeCoordinate>
{
    public static readonly NodeCoordinateCodec Instance = new();
    private const int Fields = 6;

    public void Write(NodeCoordinate value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        Write(ref writer, value);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out NodeCoordinate value)
    {
        var reader = new MessagePackReader(input);
        return TryRead(ref reader, out value) && reader.End;
    }

    public static void Write(ref MessagePackWriter writer, NodeCoordinate value)
    {
        Coordinate coordinate = value.Coordinate;
        Invariant.Check(coordinate.IsValid, "an invalid coordinate is written");
        writer.WriteArrayHeader(Fields);
        writer.Write(value.Node);
        writer.Write(value.Segment);
        writer.Write(coordinate.Error);
        writer.Write(coordinate.Adjustment);
        writer.Write(coordinate.Height);
        writer.WriteArrayHeader(Coordinate.Dimensions);
        for (int i = 0; i < Coordinate.Dimensions; i++)
        {
            writer.Write(coordinate.Vector[i]);
        }
    }

    public static bool TryRead(ref MessagePackReader reader, [MaybeNullWhen(false)] out NodeCoordinate value)
    {
        value = null;
        if (!CodecFields.TryBegin(ref reader, Fields, out int extra)
            || !CodecFields.TryReadName(ref reader, out string node)
            || !CodecFields.TryReadKeyText(ref reader, out string segment)
            || !reader.TryReadDouble(out double error)
            || !reader.TryReadDouble(out double adjustment)
            || !reader.TryReadDouble(out double height)
            || !TryReadVector(ref reader, out double[] vector)
            || !CodecFields.TrySkip(ref reader, extra))
        {
            return false;
        }

        var coordinate = new Coordinate(vector, error, adjustment, height);
        value = new NodeCoordinate(node, segment, coordinate);
        return coordinate.IsValid;
    }

    private static bool TryReadVector(ref MessagePackReader reader, out double[] vector)
    {
        vector = new double[Coordinate.Dimensions];
        bool isReadable = reader.TryReadArrayHeader(out int count) && count == vector.Length;
        for (int i = 0; i < vector.Length && isReadable; i++)
        {
            isReadable = reader.TryReadDouble(out vector[i]);
        }

        return isReadable;
    }
}
