using Discovery.Rpc;
using Discovery.Wire;

namespace Discovery.KeyValue;

/// <summary>A key as nodes send it to each other.</summary>
internal static class RpcKeyValueRows
{
    public static readonly RpcShape<EntryBody> Entry = new(
        new("LockIndex", static (ref reader, _) => reader.Skip()),
        new("Key", static (ref reader, entry) => reader.ReadKey(ref entry.Key)),
        new("Flags", static (ref reader, entry) => reader.ReadUnsigned(ref entry.Flags)),
        new("Value", static (ref reader, entry) => reader.ReadBytes(ref entry.Value)),
        new("Session", static (ref reader, entry) => reader.ReadText(ref entry.Session)),
        new("CreateIndex", static (ref reader, _) => reader.Skip()),
        new("ModifyIndex", static (ref reader, entry) => reader.ReadUnsigned(ref entry.ModifyIndex)));

    public static void Write(ref MessagePackWriter writer, KeyValueEntry entry) => Write(ref writer, entry, hasValue: true);

    public static void Write(ref MessagePackWriter writer, KeyValueEntry entry, bool hasValue)
    {
        writer.WriteMapHeader(7);
        writer.Write("CreateIndex");
        writer.Write(entry.CreateIndex);
        writer.Write("Flags");
        writer.Write(entry.Flags);
        writer.Write("Key");
        writer.WriteString(entry.Key.Bytes.Span);
        writer.Write("LockIndex");
        writer.Write(entry.LockIndex);
        writer.Write("ModifyIndex");
        writer.Write(entry.ModifyIndex);
        writer.Write("Session");
        RpcReplies.WriteId(ref writer, entry.Session);
        writer.Write("Value");
        if (hasValue && !entry.Value.IsEmpty)
        {
            writer.Write(entry.Value.Span);
        }
        else
        {
            writer.WriteNil();
        }
    }

    /// <summary>What is to become of a key.</summary>
    internal sealed class EntryBody
    {
        public byte[] Key = [];
        public ulong Flags;
        public byte[] Value = [];
        public string Session = "";
        public ulong ModifyIndex;
    }
}
