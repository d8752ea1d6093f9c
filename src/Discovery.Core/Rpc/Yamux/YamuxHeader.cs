using System.Buffers.Binary;

namespace Discovery.Rpc;

/// <summary>The twelve bytes that every frame begins with.</summary>
/// <remarks>version u8 = 0, type u8, flags u16, stream u32, length u32, big-endian. A ping's length is what is to be repeated.</remarks>
/// <param name="Type">What the frame is.</param>
/// <param name="Flags">What else it says.</param>
/// <param name="StreamId">Whose it is; 0 for the session's own.</param>
/// <param name="Length">Bytes of payload, more window, a ping's number, or why a side goes.</param>
internal readonly record struct YamuxHeader(YamuxType Type, YamuxFlags Flags, uint StreamId, uint Length)
{
    public const int Bytes = 12;
    private const byte Version = 0;

    /// <summary>Reads a header; false when it is of no version or type that there is.</summary>
    /// <param name="bytes">Twelve bytes.</param>
    /// <param name="header">The header.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out YamuxHeader header)
    {
        header = new YamuxHeader(
            (YamuxType)bytes[1],
            (YamuxFlags)BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));
        return bytes[0] == Version && header.Type <= YamuxType.GoAway;
    }

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">At least twelve bytes.</param>
    public void Write(Span<byte> bytes)
    {
        bytes[0] = Version;
        bytes[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)Flags);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], StreamId);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], Length);
    }

    public bool Has(YamuxFlags flag) => (Flags & flag) != 0;
}
