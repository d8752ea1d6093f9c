using System.Buffers.Binary;
using System.Text;

namespace Discovery.Health;

/// <summary>The two messages of <c>grpc.health.v1.Health/Check</c> with gRPC's five-byte prefix.</summary>
/// <remarks>
/// Request: field 1, the service's name. Reply: field 1, a varint: 0 unknown, 1 serving, 2 not serving, 3 service unknown.
/// </remarks>
internal static class GrpcHealthMessage
{
    public const int Serving = 1;
    private const int PrefixLength = 5;

    public static byte[] Request(string service)
    {
        byte[] name = Encoding.UTF8.GetBytes(service);
        var bytes = new List<byte>(name.Length + PrefixLength + 8) { 0, 0, 0, 0, 0 };
        if (name.Length > 0)
        {
            bytes.Add((1 << 3) | 2);
            for (uint left = (uint)name.Length; ; left >>= 7)
            {
                bytes.Add((byte)(left < 0x80 ? left : left | 0x80));
                if (left < 0x80)
                {
                    break;
                }
            }

            bytes.AddRange(name);
        }

        byte[] message = [.. bytes];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), message.Length - PrefixLength);
        return message;
    }

    /// <summary>Reads a reply; unknown fields are passed over.</summary>
    public static bool TryReadReply(ReadOnlySpan<byte> data, out int status)
    {
        status = 0;
        if (data.Length < PrefixLength || data[0] != 0 || BinaryPrimitives.ReadUInt32BigEndian(data[1..]) != data.Length - PrefixLength)
        {
            return false;
        }

        data = data[PrefixLength..];
        while (data.Length > 0)
        {
            if (!TryReadVarint(ref data, out ulong tag) || tag >> 3 == 0)
            {
                return false;
            }

            ulong value;
            switch (tag & 7)
            {
                case 0 when TryReadVarint(ref data, out value):
                    status = tag >> 3 == 1 ? unchecked((int)value) : status;
                    break;
                case 1 when data.Length >= 8:
                    data = data[8..];
                    break;
                case 2 when TryReadVarint(ref data, out value) && value <= (ulong)data.Length:
                    data = data[(int)value..];
                    break;
                case 5 when data.Length >= 4:
                    data = data[4..];
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> data, out ulong value)
    {
        value = 0;
        for (int i = 0; i < 10 && i < data.Length; i++)
        {
            value |= (ulong)(data[i] & 0x7F) << (7 * i);
            if (data[i] < 0x80)
            {
                data = data[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
