using System.Buffers.Binary;
using System.Text;
using Discovery.Wire;

namespace Discovery.State;

/// <summary>
/// The hash of the state is the sum, modulo 2^64, of one hash per row and per topic: it follows every change in constant time and does not
/// depend on the order in which the rows came to be.
/// </summary>
internal static class StateHash
{
    private const ulong NumberSeed = 0x4E756D626572;

    public static ulong SeedOf(string name) => RowHash.Compute(Encoding.UTF8.GetBytes(name));

    /// <summary>The share of a number that belongs to a name; nothing for 0, the value that it starts with.</summary>
    public static ulong OfNumber(ulong seed, ulong number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return number == 0 ? 0 : RowHash.Compute(bytes, seed + NumberSeed);
    }

    public static ulong OfEntry(ulong seed, ReadOnlySpan<byte> key, ulong index, ReadOnlySpan<byte> value) =>
        RowHash.Compute(value, RowHash.Compute(key, seed + index));
}
