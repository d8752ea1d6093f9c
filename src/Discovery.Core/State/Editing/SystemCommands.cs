using System.Buffers.Binary;
using System.Text;

namespace Discovery.State;

/// <summary>Encodes and applies the commands of <see cref="SystemCommand"/>.</summary>
internal static class SystemCommands
{
    private const int GuidBytes = 16;

    public static byte[] EncodeGuid(Guid value) => value.ToByteArray(bigEndian: true);

    public static byte[] EncodeRaiseSchema(string module, int version)
    {
        byte[] name = Encoding.UTF8.GetBytes(module);
        var body = new byte[sizeof(int) + name.Length];
        BinaryPrimitives.WriteInt32LittleEndian(body, version);
        name.CopyTo(body, sizeof(int));
        return body;
    }

    public static byte[] EncodeReapTopics(ulong highestIndex, int most)
    {
        var body = new byte[sizeof(ulong) + sizeof(int)];
        BinaryPrimitives.WriteUInt64LittleEndian(body, highestIndex);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(sizeof(ulong)), most);
        return body;
    }

    public static bool IsSystem(ushort commandId) => commandId is >= SystemCommand.NoOperation and <= SystemCommand.ReapTopics;

    /// <summary>Applies; false for a malformed body.</summary>
    public static bool TryApply(StateTransaction transaction, StateSchema schema, Guid lineage, ushort commandId, ReadOnlySpan<byte> body)
    {
        switch (commandId)
        {
            case SystemCommand.NoOperation:
                return true;
            case SystemCommand.BeginLineage when body.Length == GuidBytes:
                if (lineage == Guid.Empty)
                {
                    transaction.SetLineage(new Guid(body, bigEndian: true));
                }

                return true;
            case SystemCommand.OpenClient when body.Length == GuidBytes:
                transaction.Clients.Open(new Guid(body, bigEndian: true), transaction.Index);
                return true;
            case SystemCommand.RaiseSchema when body.Length > sizeof(int):
                RaiseSchema(transaction, schema, body);
                return true;
            case SystemCommand.ReapTopics when body.Length == sizeof(ulong) + sizeof(int):
                int most = BinaryPrimitives.ReadInt32LittleEndian(body[sizeof(ulong)..]);
                transaction.Topics.Reap(BinaryPrimitives.ReadUInt64LittleEndian(body), Math.Max(most, 0));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether this server has the module and the schema version that a command raises to; a malformed one is answered
    /// when applied.</summary>
    public static bool IsSupported(StateSchema schema, ushort commandId, ReadOnlySpan<byte> body)
    {
        if (commandId != SystemCommand.RaiseSchema || body.Length <= sizeof(int))
        {
            return true;
        }

        int id = schema.IndexOfModule(Encoding.UTF8.GetString(body[sizeof(int)..]));
        return id >= 0 && BinaryPrimitives.ReadInt32LittleEndian(body) <= schema.SupportedVersions[id];
    }

    private static void RaiseSchema(StateTransaction transaction, StateSchema schema, ReadOnlySpan<byte> body)
    {
        int version = BinaryPrimitives.ReadInt32LittleEndian(body);
        string module = Encoding.UTF8.GetString(body[sizeof(int)..]);
        int id = schema.IndexOfModule(module);
        Invariant.Check(id >= 0, $"the log raises the schema of module \"{module}\", which this server does not have");
        Invariant.Check(
            version <= schema.SupportedVersions[id],
            $"the log raises module \"{module}\" to schema {version}; this server knows up to {schema.SupportedVersions[id]}");
        if (version > transaction.SchemaVersion(module))
        {
            transaction.SetSchemaVersion(id, version);
        }
    }
}
