using System.Buffers.Binary;

namespace Discovery.Simulation;

/// <summary>
/// A write to one register: value 0 is none; with <paramref name="IsConditional"/> only if the present value is as
/// expected.
/// </summary>
internal readonly record struct RegisterCommand(byte Key, bool IsConditional, long Value, long Expected)
{
    private const int HeaderBytes = 18;

    public byte[] Encode(int padding)
    {
        var bytes = new byte[HeaderBytes + padding];
        bytes[0] = Key;
        bytes[1] = IsConditional ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(2), Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(10), Expected);
        return bytes;
    }

    public static RegisterCommand? Decode(ReadOnlySpan<byte> bytes) => bytes.Length < HeaderBytes ? null : new RegisterCommand(
        bytes[0], bytes[1] == 1, BinaryPrimitives.ReadInt64LittleEndian(bytes[2..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[10..]));
}
