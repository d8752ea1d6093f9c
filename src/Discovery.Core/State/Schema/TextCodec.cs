using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Discovery.State.Codecs;

/// <summary>Text as UTF-8.</summary>
internal sealed class TextCodec : IStateCodec<string>
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public void Write(string value, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(value);
        _ = Strict.GetBytes(value, output);
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out string value)
    {
        value = Utf8.IsValid(input) ? Strict.GetString(input) : null;
        return value is not null;
    }
}
