using Discovery.Protocol;
using Discovery.Testing;
using Xunit.Abstractions;
using static Discovery.Storage.LogRig;

namespace Discovery.Storage;

/// <summary>Every flipped bit, length and lost sector of a small log: found as it was, cut where nobody can know, or refused.</summary>
public sealed class LogDamageTests(ITestOutputHelper output)
{
    private const int Sector = LogLayout.SectorBytes;

    // The data of the log below: three batches of one, three and two sectors in segment 1, its seal, and two batches in segment 2.
    private const int Second = LogLayout.DataOffset + Sector;
    private const int Third = Second + (3 * Sector);
    private const int Seal = Third + (2 * Sector);
    private const int Last = LogLayout.DataOffset + (3 * Sector);
    private const int End = Last + Sector;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EveryBit_Flipped_IsHarmlessOrRefused(bool isSettled)
    {
        SortedDictionary<string, byte[]> files = await MakeAsync(isSettled);
        string whole = Recover(files);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach ((string path, byte[] bytes) in files)
        {
            for (int at = 0; at < bytes.Length; at++)
            {
                // Of each byte that nothing is ever written to, one bit; of all others, each.
                bool isUsed = path != PathOf(3) && (at >= LogLayout.DataOffset || at % LogLayout.SlotSpacing < Sector);
                for (int bit = isUsed ? 0 : at % 8; bit < (isUsed ? 8 : (at % 8) + 1); bit++)
                {
                    bytes[at] ^= (byte)(1 << bit);
                    string actual = Recover(files);
                    bytes[at] ^= (byte)(1 << bit);
                    string expected = Matters(path, bytes, at) ? $"refused {path}" : whole;
                    Assert.True(actual == expected, $"{path}, byte {at}, bit {bit}: {actual}, expected {expected}");
                    string kind = expected == whole ? "harmless" : "refused";
                    counts[kind] = counts.GetValueOrDefault(kind) + 1;
                }
            }
        }

        output.WriteLine(string.Join(", ", counts));
        Assert.InRange(counts["refused"], 20_000, 60_000);
    }

    [Fact]
    public async Task EveryLength_CutTo_IsRefused()
    {
        SortedDictionary<string, byte[]> files = await MakeAsync(isSettled: false);
        foreach ((string path, byte[] bytes) in files.Where(static file => file.Key != PathOf(3)).ToArray())
        {
            for (int length = 0; length < bytes.Length; length++)
            {
                files[path] = bytes[..length];
                Assert.Equal($"refused {path}", Recover(files));
            }

            files.Remove(path);
            Assert.StartsWith("refused ", Recover(files), StringComparison.Ordinal);
            files[path] = bytes;
        }
    }

    [Theory]
    [InlineData(false, 0x00)]
    [InlineData(true, 0x00)]
    [InlineData(false, 0xA5)]
    [InlineData(true, 0xA5)]
    public async Task EverySector_Lost_IsRefusedUnlessNobodyCanKnow(bool isSettled, byte content)
    {
        SortedDictionary<string, byte[]> files = await MakeAsync(isSettled);
        string whole = Recover(files);
        foreach ((string path, byte[] bytes) in files.Where(static file => file.Value.Length > Sector))
        {
            for (int at = 0; at < bytes.Length; at += Sector)
            {
                byte[] kept = bytes[at..(at + Sector)];
                bytes.AsSpan(at, Sector).Fill(content);
                string actual = Recover(files);
                kept.CopyTo(bytes, at);

                bool isLastGroup = path == PathOf(2) && at == Last;
                string expected = isLastGroup && content == 0 && !isSettled ? await WithoutLastGroupAsync()
                    : path == PathOf(3) || (LogLayout.IsZero(kept) && (content == 0 || path != PathOf(2) || at != End)) ? whole
                    : at is LogLayout.SlotsOffset or LogLayout.SlotsOffset + LogLayout.SlotSpacing ? whole
                    : $"refused {path}";
                Assert.True(actual == expected, $"{path}, byte {at}: {actual}, expected {expected}");
            }
        }
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Write_ThatMissesItsPlace_IsRefused(int sectors)
    {
        var disk = new SimulatedDisk();
        LogStore store = await OpenAsync(disk);
        await store.WriteAsync(Batch(1, Entry(1, 1, "a")), Batch(1, Entry(2, 1, "b")));
        disk.MisdirectsNextWriteBy = sectors * Sector;
        await store.WriteAsync(Batch(1, Entry(3, 1, "c")));
        await store.WriteAsync(Batch(1, Entry(4, 1, "d")));

        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(disk.Crashed(1)));

        Assert.Equal(StorageTrouble.Damaged, refused.Trouble);
    }

    [Fact]
    public async Task Open_OfADamagedLog_ChangesNothingAndNamesFileAndRemedy()
    {
        SortedDictionary<string, byte[]> files = await MakeAsync(isSettled: true);
        files[PathOf(1)][Second + 200] ^= 4;
        var disk = new SimulatedDisk();
        foreach ((string path, byte[] bytes) in files)
        {
            disk.Plant(path, bytes);
        }

        StorageException refused = await Assert.ThrowsAsync<StorageException>(() => OpenAsync(disk));

        Assert.Equal(
            $"/data/raft/log/00000001.log is damaged at offset {Second}: an entry of a batch is not as it was written. "
            + "Nothing was changed. Move the node's raft directory away and start it without: it then joins as a new member and gets "
            + "everything from the others. Only a server that is alone is restored from a copy: among others an older copy lacks what this "
            + "one has acknowledged since.",
            refused.Message);
        Assert.Equal(files.Keys, disk.Paths);
        Assert.All(files, file => Assert.Equal(file.Value, disk.Peek(file.Key)));
        await Assert.ThrowsAsync<StorageException>(() => OpenAsync(disk));
    }

    [Fact]
    public async Task Read_OfAnEntryDamagedSinceTheOpening_IsRefused()
    {
        var disk = new SimulatedDisk();
        LogStore store = await OpenAsync(disk);
        await store.WriteAsync(Batch(1, Entry(1, 1, "a")));
        byte[] bytes = disk.Peek(PathOf(1));
        bytes[LogLayout.DataOffset + LogLayout.BatchBytes + LogLayout.EntryBytes] ^= 1;
        disk.Plant(PathOf(1), bytes);

        StorageException refused = Assert.Throws<StorageException>(() => store.ReadAll());

        Assert.Equal(StorageTrouble.Damaged, refused.Trouble);
    }

    private static async Task<SortedDictionary<string, byte[]>> MakeAsync(bool isSettled, int groups = 5)
    {
        var disk = new SimulatedDisk();
        LogStore store = await OpenAsync(disk, options: new LogStoreOptions { SegmentBytes = Seal + Sector });
        LogBatch[] batches =
        [
            Batch(1, Entry(1, 1, "one")),
            Batch(1, Entry(2, 1, new string('x', 1000)), Entry(3, 1)),
            Batch(2, Entry(4, 2, new string('y', 601))),
            Batch(2, Entry(5, 2, new string('z', 1100)), Entry(6, 2, "six")),
            new() { Entries = [Entry(7, 2, "seven")] },
        ];
        foreach (LogBatch batch in batches[..groups])
        {
            await store.WriteAsync(batch);
        }

        if (isSettled)
        {
            await store.SettleAsync();
        }

        SimulatedDisk crashed = disk.Crashed(1);
        return new SortedDictionary<string, byte[]>(crashed.Paths.ToDictionary(path => path, crashed.Peek), StringComparer.Ordinal);
    }

    private static async Task<string> WithoutLastGroupAsync() => Recover(await MakeAsync(isSettled: false, groups: 4));

    /// <summary>What is recovered, as text.</summary>
    private static string Recover(SortedDictionary<string, byte[]> files)
    {
        try
        {
            var disk = new FileBytes(files);
            if (!files.ContainsKey(Path.Combine(LogRig.Directory, LogIdentity.Name)))
            {
                return "refused identity";
            }

            LogIdentity identity = LogIdentity.Read(disk, LogRig.Directory);
            var recovery = new LogRecovery(disk, LogRig.Directory, identity.Id);
            recovery.Run();
            LogReplay replay = recovery.Replay;
            var shown = new List<string> { $"{replay.State.Term} {replay.State.Vote} {recovery.End}" };
            foreach (LogSegment segment in replay.Segments)
            {
                for (ulong index = segment.First; segment.Count > 0 && index <= segment.Last; index++)
                {
                    uint offset = segment.OffsetOf(index);
                    Assert.True(EntryRecord.TryRead(
                        files[segment.Path].AsSpan((int)offset), new LogPlace(segment.Number, offset), out EntryRecord record));
                    shown.Add($"{record.Index}/{record.Term}+{record.BodyBytes}");
                }
            }

            return string.Join(' ', shown);
        }
        catch (StorageException e)
        {
            return $"refused {e.Message[..e.Message.IndexOf(' ', StringComparison.Ordinal)]}";
        }
    }

    /// <summary>Whether a byte is covered by a checksum, or stands where the next batch would begin.</summary>
    private static bool Matters(string path, byte[] bytes, int at)
    {
        if (!path.EndsWith(LogLayout.SegmentSuffix, StringComparison.Ordinal))
        {
            return true;
        }

        if (path == PathOf(3))
        {
            // It was made ahead, and nothing is in it.
            return false;
        }

        if (at < LogLayout.DataOffset)
        {
            return at < LogLayout.HeaderBytes;
        }

        (int Start, int Length)[] batches = path == PathOf(1)
            ? [(LogLayout.DataOffset, Used(3)), (Second, Used(1000, 0)), (Third, Used(601)), (Seal, LogLayout.BatchBytes)]
            : [(LogLayout.DataOffset, Used(1100, 3)), (Last, Used(5)), (End, LogLayout.BatchBytes)];
        (int start, int length) = batches.Last(batch => batch.Start <= at);
        return at < start + length && !IsPadding(bytes, start, at);
    }

    private static int Used(params int[] bodies) => LogLayout.BatchBytes + bodies.Sum(EntryRecord.BytesOf);

    private static bool IsPadding(byte[] bytes, int start, int at)
    {
        int entry = start + LogLayout.BatchBytes;
        while (at >= entry)
        {
            EntryRecord record = EntryRecord.Peek(bytes.AsSpan(entry));
            if (at < entry + record.Bytes)
            {
                return at >= entry + LogLayout.EntryBytes + record.BodyBytes;
            }

            entry += record.Bytes;
        }

        return false;
    }
}
