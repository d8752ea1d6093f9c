using System.Buffers.Binary;
using Discovery.Wire;

namespace Discovery.State;

/// <summary>What the state knows beside its tables.</summary>
/// <param name="Index">The index of the last applied entry.</param>
/// <param name="Lineage">Minted at the beginning and by every restore; an index means something only within its lineage.</param>
/// <param name="RestoreIndex">The index at which the lineage began; no topic reads lower, so that no index goes back in a restore.</param>
/// <param name="ClusterTime">The cluster time of the last entry.</param>
/// <param name="WallTime">The wall time of the last entry.</param>
/// <param name="SchemaVersions">By module id.</param>
internal sealed record StateMeta(
    ulong Index, Guid Lineage, ulong RestoreIndex, TimeSpan ClusterTime, DateTimeOffset WallTime, int[] SchemaVersions)
{
    /// <summary>How far <see cref="Index"/> is ahead of the log's own number of the entry.</summary>
    public ulong Ahead { get; init; }

    /// <summary>The hash of everything here except the schema versions.</summary>
    public ulong Hash()
    {
        Span<byte> bytes = stackalloc byte[Ahead == 0 ? 48 : 56];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Index);
        Lineage.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], RestoreIndex);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], ClusterTime.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], WallTime.UtcTicks);
        if (Ahead != 0)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], Ahead);
        }

        return RowHash.Compute(bytes);
    }
}
