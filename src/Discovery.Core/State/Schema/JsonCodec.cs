using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Discovery.State.Codecs;

/// <summary>JSON by a type's own serializer; indentation and escaping are the codec's, whatever the serializer's options say.</summary>
internal sealed class JsonCodec<T>(JsonTypeInfo<T> typeInfo) : IStateCodec<T>
{
    public void Write(T value, IBufferWriter<byte> output)
    {
        if (value is null)
        {
            throw new ArgumentNullException(nameof(value));
        }

        using var writer = new Utf8JsonWriter(output);
        JsonSerializer.Serialize(writer, value, typeInfo);
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out T value)
    {
        try
        {
            value = JsonSerializer.Deserialize(input, typeInfo);
            return value is not null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException or InvalidOperationException
            or NotSupportedException or OverflowException)
        {
            // A constructor of the type may refuse what is well-formed JSON; that is malformed too.
            value = default;
            return false;
        }
    }
}
