using System.Buffers.Binary;
using System.Text;
using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Transport;

/// <summary>Writes what <see cref="FieldReader"/> reads.</summary>
internal static class FieldWriting
{
    public static void WriteByte(this WireBuffer into, byte value)
    {
        into.GetSpan(1)[0] = value;
        into.Advance(1);
    }

    public static void WriteBool(this WireBuffer into, bool value) => into.WriteByte(value ? (byte)1 : (byte)0);

    public static void WriteUInt16(this WireBuffer into, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(into.GetSpan(sizeof(ushort)), value);
        into.Advance(sizeof(ushort));
    }

    public static void WriteInt32(this WireBuffer into, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(into.GetSpan(sizeof(int)), value);
        into.Advance(sizeof(int));
    }

    public static void WriteUInt32(this WireBuffer into, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(into.GetSpan(sizeof(uint)), value);
        into.Advance(sizeof(uint));
    }

    public static void WriteUInt64(this WireBuffer into, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(into.GetSpan(sizeof(ulong)), value);
        into.Advance(sizeof(ulong));
    }

    public static void WriteGuid(this WireBuffer into, Guid value)
    {
        value.TryWriteBytes(into.GetSpan(16), bigEndian: true, out _);
        into.Advance(16);
    }

    /// <summary>Writes node 16, log 16.</summary>
    public static void WriteVoter(this WireBuffer into, VoterId voter)
    {
        into.WriteGuid(voter.Node);
        into.WriteGuid(voter.Log);
    }

    /// <summary>Writes index 8, term 8.</summary>
    public static void WritePosition(this WireBuffer into, LogPosition position)
    {
        into.WriteUInt64(position.Index);
        into.WriteUInt64(position.Term);
    }

    /// <summary>Writes length 1, UTF-8.</summary>
    public static void WriteText(this WireBuffer into, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Invariant.Check(bytes.Length <= byte.MaxValue, "a node name or address of more than 255 bytes");
        into.WriteByte((byte)bytes.Length);
        into.Write(bytes);
    }
}
