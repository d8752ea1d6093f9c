using System.Text;
using Discovery.Wire;

namespace Discovery.State;

/// <summary>
/// The hash of the state is the sum, modulo 2^64, of one hash per row and per topic: it follows every change in constant time and does not
/// depend on the order in which the rows came to be.
/// </summary>
internal static class StateHash
{
    public static ulong SeedOf(string name) => RowHash.Compute(Encoding.UTF8.GetBytes(name));

    public static ulong OfEntry(ulong seed, ReadOnlySpan<byte> key, ulong index, ReadOnlySpan<byte> value) =>
        RowHash.Compute(value, RowHash.Compute(key, seed + index));
}
