using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Discovery.Testing;

/// <summary>A codec made of two delegates; bytes left over, or missing, make the input malformed.</summary>
/// <param name="write">Writes the value.</param>
/// <param name="read">Reads it back.</param>
public sealed class BinaryCodec<T>(Action<BinaryWriter, T> write, Func<BinaryReader, T> read) : IStateCodec<T>
{
    /// <inheritdoc />
    public void Write(T value, IBufferWriter<byte> output)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        write(writer, value);
        output.Write(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    /// <inheritdoc />
    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out T value)
    {
        using MemoryStream stream = new(input.ToArray());
        using BinaryReader reader = new(stream);
        try
        {
            value = read(reader);
            return stream.Position == stream.Length;
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or ArgumentException)
        {
            value = default;
            return false;
        }
    }
}
