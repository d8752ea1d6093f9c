using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.Wire;

namespace Discovery.Catalog;

/// <summary>
/// A check as a MessagePack array: node, check id, name, status, notes, output, service id, service name, type, owner, create and
/// modify index, definition or nil.
/// </summary>
internal sealed class CatalogCheckCodec : IStateCodec<CatalogCheck>
{
    public static readonly CatalogCheckCodec Instance = new();
    private const int Fields = 13;

    public void Write(CatalogCheck value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        Write(ref writer, value);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out CatalogCheck value)
    {
        var reader = new MessagePackReader(input);
        return TryRead(ref reader, "", "", out value) && reader.End;
    }

    public static void Write(ref MessagePackWriter writer, CatalogCheck value)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(value.Node);
        writer.Write(value.CheckId);
        writer.Write(value.Name);
        writer.Write((uint)value.Status);
        writer.Write(value.Notes);
        writer.Write(value.Output);
        writer.Write(value.ServiceId);
        writer.Write(value.ServiceName);
        writer.Write(value.Type);
        writer.Write(value.Owner);
        writer.Write(value.CreateIndex);
        writer.Write(value.ModifyIndex);
        CheckDefinitionCodec.Write(ref writer, value.Definition);
    }

    public static bool TryRead(
        ref MessagePackReader reader, string likelyNode, string likelyService, [MaybeNullWhen(false)] out CatalogCheck value)
    {
        value = null;
        if (!CodecFields.TryBegin(ref reader, Fields, out int extra)
            || !CodecFields.TryReadText(ref reader, likelyNode, out string node)
            || !CodecFields.TryReadRepeated(ref reader, out string checkId)
            || !CodecFields.AreNames(node, checkId)
            || !CodecFields.TryReadRepeated(ref reader, out string name)
            || !reader.TryReadUInt32(out uint status)
            || status > (uint)CheckStatus.Critical
            || !CodecFields.TryReadRepeated(ref reader, out string notes)
            || !CodecFields.TryReadText(ref reader, out string output)
            || !CodecFields.TryReadText(ref reader, likelyService, out string serviceId)
            || !CodecFields.TryReadRepeated(ref reader, out string serviceName)
            || !CodecFields.AreKeyTexts(serviceId, serviceName)
            || !CodecFields.TryReadRepeated(ref reader, out string type)
            || !CodecFields.TryReadOwner(ref reader, node, out string? owner)
            || !reader.TryReadUInt64(out ulong createIndex)
            || !reader.TryReadUInt64(out ulong modifyIndex)
            || !CheckDefinitionCodec.TryRead(ref reader, out CatalogCheckDefinition? definition)
            || !CodecFields.TrySkip(ref reader, extra))
        {
            return false;
        }

        value = new CatalogCheck
        {
            Node = node,
            CheckId = checkId,
            Name = name,
            Status = (CheckStatus)status,
            Notes = notes,
            Output = output,
            ServiceId = serviceId == serviceName ? serviceName : serviceId,
            ServiceName = serviceName,
            Type = type,
            Owner = owner,
            CreateIndex = createIndex,
            ModifyIndex = modifyIndex,
            Definition = definition,
        };
        return true;
    }
}
