using System.Buffers.Binary;

namespace Discovery.Storage;

/// <summary>Goes through the batches of a segment and says how they end.</summary>
internal sealed class SegmentScan(byte[] bytes, int length, uint segment, Guid log)
{
    /// <summary>Where the next batch is looked for.</summary>
    public int Offset { get; private set; } = LogLayout.DataOffset;

    public ScanEnd End { get; private set; }

    /// <summary>What is wrong, when that is how it ends.</summary>
    public string? Damage { get; private set; }

    /// <summary>The batch that was found.</summary>
    public BatchHeader Batch { get; private set; }

    public LogPlace Place => new(segment, (uint)Offset);

    /// <summary>Goes to the next batch; after the last one <see cref="End"/> tells what follows.</summary>
    public bool MoveNext()
    {
        ReadOnlySpan<byte> rest = bytes.AsSpan(Offset, length - Offset);
        if (rest.Length < LogLayout.SectorBytes || LogLayout.IsZero(rest[..LogLayout.BatchBytes]))
        {
            return Stop(LogLayout.IsZero(rest) ? ScanEnd.Zeros : ScanEnd.Torn);
        }

        if (!BatchHeader.TryRead(rest, out BatchHeader batch) || LogLayout.InSectors(batch.Bytes) > rest.Length)
        {
            return Stop(ScanEnd.Damaged, "the head of a batch is not as it was written");
        }

        if (batch.Place != Place || batch.Log != log)
        {
            return Stop(ScanEnd.Damaged, $"a batch is here that belongs to segment {batch.Place.Segment}, offset {batch.Place.Offset}");
        }

        if (!IsWhole(rest, batch))
        {
            int zeros = LogLayout.ZeroSectors(rest[LogLayout.SectorBytes..LogLayout.InSectors(batch.Bytes)]);
            return zeros > batch.ZeroSectors
                ? Stop(ScanEnd.Torn)
                : Stop(ScanEnd.Damaged, "an entry of a batch is not as it was written");
        }

        if (batch.IsSeal)
        {
            return Stop(ScanEnd.Sealed);
        }

        Batch = batch;
        Offset += LogLayout.InSectors(batch.Bytes);
        return true;
    }

    /// <summary>The furthest place that a batch from here on proves to have been synced, whole or not.</summary>
    public LogPlace Evidence()
    {
        LogPlace synced = LogPlace.Zero;
        for (int at = Offset; at + LogLayout.SectorBytes <= length; at += LogLayout.SectorBytes)
        {
            ReadOnlySpan<byte> sector = bytes.AsSpan(at, LogLayout.SectorBytes);
            if (BinaryPrimitives.ReadUInt64LittleEndian(sector[8..]) == new LogPlace(segment, (uint)at).Encoded
                && BatchHeader.TryRead(sector, out BatchHeader batch) && batch.Log == log && batch.Synced > synced)
            {
                synced = batch.Synced;
            }
        }

        return synced;
    }

    private bool IsWhole(ReadOnlySpan<byte> rest, in BatchHeader batch)
    {
        ReadOnlySpan<byte> entries = rest[LogLayout.BatchBytes..batch.Bytes];
        int at = LogLayout.BatchBytes;
        for (int i = 0; i < batch.Count; i++)
        {
            if (!EntryRecord.TryRead(entries, new LogPlace(segment, (uint)(Offset + at)), out EntryRecord record)
                || record.Bytes > entries.Length)
            {
                return false;
            }

            entries = entries[record.Bytes..];
            at += record.Bytes;
        }

        return entries.IsEmpty;
    }

    private bool Stop(ScanEnd end, string? damage = null)
    {
        End = end;
        Damage = damage;
        return false;
    }
}
