using System.Buffers;
using Discovery.Protocol;

namespace Discovery.Storage;

internal sealed partial class LogStore
{
    private const int WindowBytes = 64 << 10;

    /// <summary>Reads entries that are on the disk, as many as fit into the bytes but at least one. From any thread.</summary>
    /// <param name="first">The first index.</param>
    /// <param name="last">The last index.</param>
    /// <param name="bytesMax">The most bytes (<see cref="LogEntry.Cost"/>).</param>
    /// <param name="into">An empty list, which gets the entries; none when the first is not, or no longer, on the disk.</param>
    /// <exception cref="StorageException">An entry is damaged, or the disk said no.</exception>
    public void Read(ulong first, ulong last, long bytesMax, List<LogEntry> into)
    {
        byte[] window = ArrayPool<byte>.Shared.Rent(WindowBytes);
        try
        {
            while (first <= last && bytesMax > 0 && TryBeginRead(first, last, out LogSegment segment, out uint[] offsets, out int count))
            {
                try
                {
                    if (!TryRead(segment, new ReadOnlySpan<uint>(offsets, 0, count), first, window, ref bytesMax, into))
                    {
                        return;
                    }
                }
                catch (IOException e)
                {
                    throw StorageException.Of(segment.Path, e);
                }
                finally
                {
                    ArrayPool<uint>.Shared.Return(offsets);
                    lock (_lock)
                    {
                        segment.EndRead();
                    }
                }

                first += (uint)count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
        }
    }

    /// <summary>Finds the synced entries from the first on that are in one segment, and keeps the segment from going away.</summary>
    private bool TryBeginRead(ulong first, ulong last, out LogSegment segment, out uint[] offsets, out int count)
    {
        const int EntriesMax = 1024;
        lock (_lock)
        {
            segment = _segments.Find(segment => segment.Count > 0 && segment.First <= first && first <= segment.Last)!;
            offsets = [];
            count = 0;
            if (segment?.File is null || _fault?.Trouble == StorageTrouble.Closed)
            {
                return false;
            }

            int most = (int)Math.Min(Math.Min(last, segment.Last) - first + 1, EntriesMax);
            offsets = ArrayPool<uint>.Shared.Rent(most);
            while (count < most && new LogPlace(segment.Number, segment.OffsetOf(first + (uint)count)) < _synced)
            {
                offsets[count] = segment.OffsetOf(first + (uint)count);
                count++;
            }

            if (count == 0)
            {
                ArrayPool<uint>.Shared.Return(offsets);
                return false;
            }

            segment.BeginRead();
            return true;
        }
    }

    private static bool TryRead(
        LogSegment segment, ReadOnlySpan<uint> offsets, ulong first, byte[] window, ref long bytesMax, List<LogEntry> into)
    {
        IDiskFile file = segment.File!;
        long start = 0;
        int filled = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            uint offset = offsets[i];
            if (offset < start || offset + LogLayout.EntryBytes > start + filled)
            {
                start = offset;
                filled = file.Read(start, window);
            }

            ReadOnlySpan<byte> rest = window.AsSpan((int)(offset - start), filled - (int)(offset - start));
            if (rest.Length < LogLayout.EntryBytes)
            {
                throw StorageException.Damaged(segment.Path, offset, "the file ends before an entry");
            }

            EntryRecord record = EntryRecord.Peek(rest);
            if (record.BodyBytes < 0 || record.BodyBytes > segment.Length - offset - LogLayout.EntryBytes
                || record.Index != first + (uint)i)
            {
                throw StorageException.Damaged(segment.Path, offset, $"entry {first + (uint)i} is not as it was written");
            }

            bytesMax -= record.BodyBytes + 64;
            if (bytesMax < 0 && into.Count > 0)
            {
                return false;
            }

            var body = new byte[record.BodyBytes];
            int near = Math.Min(body.Length, rest.Length - LogLayout.EntryBytes);
            rest.Slice(LogLayout.EntryBytes, near).CopyTo(body);
            if (near < body.Length)
            {
                file.Read(offset + LogLayout.EntryBytes + near, body.AsSpan(near));
            }

            if (!EntryRecord.IsWhole(rest[..LogLayout.EntryBytes], body, new LogPlace(segment.Number, offset)))
            {
                throw StorageException.Damaged(segment.Path, offset, $"entry {record.Index} is not as it was written");
            }

            into.Add(new LogEntry(record.Index, record.Term, record.Kind, body));
        }

        return true;
    }
}
