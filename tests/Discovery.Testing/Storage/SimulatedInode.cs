namespace Discovery.Testing;

/// <summary>The content of a file: as it is read now, as the platters have it, and what may have come to them in between.</summary>
internal sealed class SimulatedInode
{
    public const int SectorBytes = 512;

    private static readonly byte[] Zeros = new byte[SectorBytes];

    private readonly Dictionary<long, byte[]> _now = [];
    private readonly Dictionary<long, byte[]> _safe = [];
    private readonly SortedDictionary<long, List<byte[]>> _dirty = [];
    private readonly List<long> _dirtyLengths = [];
    private long _safeLength;

    public long Length { get; private set; }

    public int Read(long offset, Span<byte> into)
    {
        int count = (int)Math.Clamp(Length - offset, 0, into.Length);
        for (int done = 0; done < count;)
        {
            (long sector, long within) = Math.DivRem(offset + done, SectorBytes);
            int part = (int)Math.Min(SectorBytes - within, count - done);
            _now.GetValueOrDefault(sector, Zeros).AsSpan((int)within, part).CopyTo(into[done..]);
            done += part;
        }

        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        long end = offset + bytes.Length;
        while (!bytes.IsEmpty)
        {
            (long sector, long within) = Math.DivRem(offset, SectorBytes);
            int part = (int)Math.Min(SectorBytes - within, bytes.Length);
            byte[] content = [.. _now.GetValueOrDefault(sector, Zeros)];
            bytes[..part].CopyTo(content.AsSpan((int)within));
            Put(sector, content);
            bytes = bytes[part..];
            offset += part;
        }

        if (end > Length)
        {
            SetLength(end);
        }
    }

    public void SetLength(long length)
    {
        if (length < Length)
        {
            foreach (long sector in _now.Keys.Where(sector => (sector + 1) * SectorBytes > length).Order().ToArray())
            {
                byte[] content = [.. _now[sector]];
                content.AsSpan((int)Math.Max(0, length - (sector * SectorBytes))).Clear();
                Put(sector, content);
            }
        }

        Length = length;
        _dirtyLengths.Add(length);
    }

    /// <summary>What a sync that begins now makes safe when it ends.</summary>
    public SyncPoint BeginSync() =>
        new([.. _dirty.Select(static entry => (entry.Key, entry.Value.Count))], _dirtyLengths.Count);

    /// <summary>A sync ends well: what there was when it began is safe.</summary>
    public void EndSync(SyncPoint point)
    {
        foreach ((long sector, int count) in point.Sectors)
        {
            Settle(sector, count, count);
        }

        SettleLength(point.Lengths, point.Lengths);
    }

    /// <summary>A sync fails: any part of it is safe, the rest is taken for clean and never written again by itself.</summary>
    public void FailSync(SyncPoint point, Random random)
    {
        foreach ((long sector, int count) in point.Sectors)
        {
            Settle(sector, count, random.Next(count + 1));
        }

        SettleLength(point.Lengths, random.Next(point.Lengths + 1));
    }

    /// <summary>What the platters hold after a power failure: each sector as it was or as it was written at any time since.</summary>
    public SimulatedInode Crashed(Random random)
    {
        var survivor = new SimulatedInode();
        foreach ((long sector, byte[] content) in _safe)
        {
            survivor._safe[sector] = content;
        }

        foreach ((long sector, List<byte[]> versions) in _dirty)
        {
            int kept = random.Next(versions.Count + 1);
            if (kept > 0)
            {
                survivor._safe[sector] = versions[kept - 1];
            }
        }

        int length = random.Next(_dirtyLengths.Count + 1);
        survivor._safeLength = survivor.Length = length == 0 ? _safeLength : _dirtyLengths[length - 1];
        foreach ((long sector, byte[] content) in survivor._safe)
        {
            survivor._now[sector] = content;
        }

        return survivor;
    }

    /// <summary>A copy that shares nothing that changes.</summary>
    public SimulatedInode Clone()
    {
        var copy = new SimulatedInode { Length = Length, _safeLength = _safeLength };
        foreach ((long sector, byte[] content) in _now)
        {
            copy._now[sector] = content;
        }

        foreach ((long sector, byte[] content) in _safe)
        {
            copy._safe[sector] = content;
        }

        foreach ((long sector, List<byte[]> versions) in _dirty)
        {
            copy._dirty[sector] = [.. versions];
        }

        copy._dirtyLengths.AddRange(_dirtyLengths);
        return copy;
    }

    /// <summary>Changes what the platters hold and what is read.</summary>
    public void Plant(byte[] bytes)
    {
        _now.Clear();
        _dirty.Clear();
        _dirtyLengths.Clear();
        Length = 0;
        Write(0, bytes);
        EndSync(BeginSync());
        _safe.Clear();
        foreach ((long sector, byte[] content) in _now)
        {
            _safe[sector] = content;
        }

        _safeLength = Length = bytes.Length;
    }

    private void Put(long sector, byte[] content)
    {
        _now[sector] = content;
        if (!_dirty.TryGetValue(sector, out List<byte[]>? versions))
        {
            _dirty[sector] = versions = [];
        }

        versions.Add(content);
    }

    private void Settle(long sector, int count, int kept)
    {
        if (!_dirty.TryGetValue(sector, out List<byte[]>? versions))
        {
            return;
        }

        if (kept > 0)
        {
            _safe[sector] = versions[kept - 1];
        }

        versions.RemoveRange(0, count);
        if (versions.Count == 0)
        {
            _dirty.Remove(sector);
        }
    }

    private void SettleLength(int count, int kept)
    {
        if (kept > 0)
        {
            _safeLength = _dirtyLengths[kept - 1];
        }

        _dirtyLengths.RemoveRange(0, count);
    }

    /// <summary>How many versions of what there were when a sync began.</summary>
    internal sealed record SyncPoint((long Sector, int Count)[] Sectors, int Lengths);
}
