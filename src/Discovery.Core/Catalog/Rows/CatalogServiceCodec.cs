using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.Wire;

namespace Discovery.Catalog;

/// <summary>
/// A service as a MessagePack array: node, id, name, tags, address, port, meta, tagged addresses, passing and warning weight, flags,
/// owner, create and modify index.
/// </summary>
internal sealed class CatalogServiceCodec : IStateCodec<CatalogService>
{
    public static readonly CatalogServiceCodec Instance = new();
    private const int Fields = 14;
    private const uint TagOverrideFlag = 1;
    private const uint DrainingFlag = 2;

    public void Write(CatalogService value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        Write(ref writer, value);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out CatalogService value)
    {
        var reader = new MessagePackReader(input);
        return TryRead(ref reader, "", out value) && reader.End;
    }

    public static void Write(ref MessagePackWriter writer, CatalogService value)
    {
        writer.WriteArrayHeader(Fields);
        writer.Write(value.Node);
        writer.Write(value.Id);
        writer.Write(value.Name);
        CodecFields.Write(ref writer, value.Tags);
        writer.Write(value.Address);
        writer.Write(value.Port);
        CodecFields.Write(ref writer, value.Meta);
        CodecFields.Write(ref writer, value.TaggedAddresses);
        writer.Write(value.Weights.Passing);
        writer.Write(value.Weights.Warning);
        writer.Write((value.EnableTagOverride ? TagOverrideFlag : 0) | (value.IsDraining ? DrainingFlag : 0));
        writer.Write(value.Owner);
        writer.Write(value.CreateIndex);
        writer.Write(value.ModifyIndex);
    }

    public static bool TryRead(ref MessagePackReader reader, string likelyNode, [MaybeNullWhen(false)] out CatalogService value)
    {
        value = null;
        if (!CodecFields.TryBegin(ref reader, Fields, out int extra)
            || !CodecFields.TryReadText(ref reader, likelyNode, out string node)
            || !CodecFields.TryReadName(ref reader, out string id)
            || !CodecFields.TryReadRepeated(ref reader, out string name)
            || !CodecFields.AreNames(node, name)
            || !CodecFields.TryRead(ref reader, out string[] tags)
            || !CodecFields.TryReadText(ref reader, out string address)
            || !reader.TryReadInt32(out int port)
            || !CodecFields.TryRead(ref reader, out StringMap meta)
            || !CodecFields.TryRead(ref reader, out KeyValuePair<string, ServiceAddress>[] tagged)
            || !reader.TryReadInt32(out int passing)
            || !reader.TryReadInt32(out int warning)
            || !reader.TryReadUInt32(out uint flags)
            || !CodecFields.TryReadOwner(ref reader, node, out string? owner)
            || !reader.TryReadUInt64(out ulong createIndex)
            || !reader.TryReadUInt64(out ulong modifyIndex)
            || !CodecFields.TrySkip(ref reader, extra))
        {
            return false;
        }

        value = new CatalogService
        {
            Node = node,
            Id = id == name ? name : id,
            Name = name,
            Tags = tags,
            Address = address,
            Port = port,
            Meta = meta,
            TaggedAddresses = tagged,
            Weights = new ServiceWeights(passing, warning),
            EnableTagOverride = (flags & TagOverrideFlag) != 0,
            IsDraining = (flags & DrainingFlag) != 0,
            Owner = owner,
            CreateIndex = createIndex,
            ModifyIndex = modifyIndex,
        };
        return true;
    }
}
