using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.Catalog;
using Discovery.Wire;

namespace Discovery.Membership;

/// <summary>The command as a MessagePack array: the configuration's array, and the expected index or nil.</summary>
internal sealed class SetAutopilotCommandCodec : IStateCodec<SetAutopilotCommand>
{
    public static readonly SetAutopilotCommandCodec Instance = new();
    private const int Fields = 2;

    public void Write(SetAutopilotCommand value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(Fields);
        AutopilotConfigurationCodec.Write(ref writer, value.Configuration);
        if (value.IfModifyIndex is { } index)
        {
            writer.Write(index);
        }
        else
        {
            writer.WriteNil();
        }

        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out SetAutopilotCommand value)
    {
        value = null;
        var reader = new MessagePackReader(input);
        if (!CodecFields.TryBegin(ref reader, Fields, out int extra)
            || !AutopilotConfigurationCodec.TryRead(ref reader, out AutopilotConfiguration? configuration))
        {
            return false;
        }

        ulong? expected = null;
        if (!reader.TryReadNil())
        {
            if (!reader.TryReadUInt64(out ulong index))
            {
                return false;
            }

            expected = index;
        }

        value = new SetAutopilotCommand(configuration, expected);
        return CodecFields.TrySkip(ref reader, extra) && reader.End;
    }
}
