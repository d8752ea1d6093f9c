using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Discovery.Wire;

namespace Discovery.Catalog;

/// <summary>A registration as a MessagePack array: node, flags, service or nil, checks, owner.</summary>
internal sealed class RegisterCommandCodec : IStateCodec<RegisterCommand>
{
    public static readonly RegisterCommandCodec Instance = new();
    private const int Fields = 5;
    private const uint SkipNodeFlag = 1;
    private const uint EnforceFlag = 2;
    private const uint ConsulFlag = 4;

    public void Write(RegisterCommand value, IBufferWriter<byte> output)
    {
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(Fields);
        CatalogNodeCodec.Write(ref writer, value.Node);
        writer.Write((value.SkipNodeUpdate ? SkipNodeFlag : 0) | (value.EnforceOwnership ? EnforceFlag : 0)
            | (value.ByConsulRules ? ConsulFlag : 0));
        if (value.Service is { } service)
        {
            CatalogServiceCodec.Write(ref writer, service);
        }
        else
        {
            writer.WriteNil();
        }

        writer.WriteArrayHeader(value.Checks.Count);
        for (int i = 0; i < value.Checks.Count; i++)
        {
            CatalogCheckCodec.Write(ref writer, value.Checks[i]);
        }

        writer.Write(value.Owner);
        writer.Flush();
    }

    public bool TryRead(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out RegisterCommand value)
    {
        var reader = new MessagePackReader(input);
        value = null;
        CatalogService? service = null;
        if (!CodecFields.TryBegin(ref reader, Fields, out int extra)
            || !CatalogNodeCodec.TryRead(ref reader, out CatalogNode? node)
            || !reader.TryReadUInt32(out uint flags)
            || !(reader.TryReadNil() || CatalogServiceCodec.TryRead(ref reader, node.Name, out service))
            || !TryReadChecks(ref reader, node.Name, service?.Id ?? "", out CatalogCheck[] checks)
            || !CodecFields.TryReadOwner(ref reader, node.Name, out string? owner)
            || !CodecFields.TrySkip(ref reader, extra)
            || !reader.End)
        {
            return false;
        }

        value = new RegisterCommand
        {
            Node = node,
            SkipNodeUpdate = (flags & SkipNodeFlag) != 0,
            EnforceOwnership = (flags & EnforceFlag) != 0,
            ByConsulRules = (flags & ConsulFlag) != 0,
            Service = service,
            Checks = checks,
            Owner = owner,
        };
        return true;
    }

    private static bool TryReadChecks(ref MessagePackReader reader, string node, string service, out CatalogCheck[] checks)
    {
        checks = [];
        if (!reader.TryReadArrayHeader(out int count))
        {
            return false;
        }

        checks = count == 0 ? [] : new CatalogCheck[count];
        for (int i = 0; i < count; i++)
        {
            if (!CatalogCheckCodec.TryRead(ref reader, node, service, out CatalogCheck? check))
            {
                return false;
            }

            checks[i] = check;
        }

        return true;
    }
}
