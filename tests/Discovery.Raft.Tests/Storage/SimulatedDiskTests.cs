using System.Text;
using Discovery.Testing;

namespace Discovery.Storage;

/// <summary>The disk of the tests loses what a real one may lose, and nothing else.</summary>
public sealed class SimulatedDiskTests
{
    private const int Sector = LogLayout.SectorBytes;

    private readonly SimulatedDisk _disk = new();

    [Fact]
    public async Task Crash_OfUnsyncedSectors_LosesEverySubsetAndKeepsWhatWasSynced()
    {
        IDiskFile file = await CreateAsync("/d/a", "0000");
        Write(file, "1111");
        Write(file, " 2 2");
        Write(file, "33");

        HashSet<string> seen = [.. Enumerable.Range(1, 4000).Select(seed => Show(_disk.Crashed(seed), "/d/a"))];

        // Each sector by itself: as it was, or as it was after any of the writes to it.
        string[] expected =
        [
            .. from a in "013" from b in "0123" from c in "01" from d in "012" select $"{a}{b}{c}{d}",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
        Assert.Equal("3312", Show(_disk, "/d/a"));
    }

    [Fact]
    public async Task Crash_AfterASync_LosesNothing()
    {
        IDiskFile file = await CreateAsync("/d/a", "0000");
        Write(file, "1111");
        await file.SyncAsync();

        Assert.All(Enumerable.Range(1, 50), seed => Assert.Equal("1111", Show(_disk.Crashed(seed), "/d/a")));
    }

    [Fact]
    public async Task Crash_OfUnsyncedNames_LosesEachByItself()
    {
        await CreateAsync("/d/a", "1");
        _disk.Create("/d/b").Dispose();
        _disk.Move("/d/a", "/d/c");

        HashSet<string> seen = [.. Enumerable.Range(1, 200).Select(seed => string.Join(' ', _disk.Crashed(seed).Paths))];

        string[] expected = ["", "/d/a", "/d/a /d/b", "/d/a /d/b /d/c", "/d/a /d/c", "/d/b", "/d/b /d/c", "/d/c"];
        Assert.Equal(expected, seen.Order(StringComparer.Ordinal));
        await _disk.SyncDirectoryAsync("/d");
        Assert.All(Enumerable.Range(1, 50), seed => Assert.Equal(["/d/b", "/d/c"], _disk.Crashed(seed).Paths));
    }

    [Fact]
    public async Task Crash_OfAnUnsyncedLength_KeepsTheOldOrTheNew()
    {
        IDiskFile file = await CreateAsync("/d/a", "11");
        file.SetLength(Sector);

        Assert.Equal(
            [Sector, 2 * Sector], Enumerable.Range(1, 50).Select(seed => _disk.Crashed(seed).Peek("/d/a").Length).Distinct().Order());
    }

    [Fact]
    public async Task Sync_ThatFails_LeavesWhatNoLaterSyncBringsToTheDisk()
    {
        IDiskFile file = await CreateAsync("/d/a", "0000");
        Write(file, "1111");
        _disk.FailSyncAt = _disk.Syncs + 1;
        await Assert.ThrowsAsync<IOException>(async () => await file.SyncAsync());
        await file.SyncAsync();
        string kept = Show(_disk.Crashed(1), "/d/a");

        Assert.Equal("1111", Show(_disk, "/d/a"));
        Assert.Contains('0', kept);
        Assert.All(Enumerable.Range(2, 20), seed => Assert.Equal(kept, Show(_disk.Crashed(seed), "/d/a")));

        Write(file, "1111");
        await file.SyncAsync();
        Assert.Equal("1111", Show(_disk.Crashed(1), "/d/a"));
    }

    [Fact]
    public async Task Crash_AtACall_StopsEverythingBeforeOrAfterIt()
    {
        foreach (bool isAfter in (bool[])[false, true])
        {
            var disk = new SimulatedDisk();
            IDiskFile file = disk.Create("/d/a");
            file.Allocate(Sector);
            await file.SyncAsync();
            await disk.SyncDirectoryAsync("/d");
            disk.CrashAt = disk.Calls + 1;
            disk.CrashesAfterCall = isAfter;

            Assert.Throws<DiskCrashException>(() => Write(file, "1"));
            Assert.Throws<DiskCrashException>(() => Write(file, "2"));
            Assert.Throws<DiskCrashException>(() => disk.List("/d"));
            HashSet<string> seen = [.. Enumerable.Range(1, 30).Select(seed => Show(disk.Crashed(seed), "/d/a"))];
            Assert.Equal(isAfter ? ["\0", "1"] : ["\0"], seen.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Write_ThatIsMisdirected_LandsElsewhereOnce()
    {
        IDiskFile file = _disk.Create("/d/a");
        file.Allocate(4 * Sector);
        _disk.MisdirectsNextWriteBy = 2 * Sector;
        Write(file, "1");
        Write(file, "2");
        Assert.Equal("2\u00001\0", Show(_disk, "/d/a"));
    }

    [Fact]
    public void Write_BeyondTheRoom_WritesWhatFitsAndFails()
    {
        IDiskFile file = _disk.Create("/d/a");
        _disk.RoomBytes = 3 * Sector;

        Assert.Equal(28, Assert.Throws<IOException>(() => Write(file, "1234")).HResult);
        Assert.Equal("123", Show(_disk, "/d/a"));
        Write(file, "4");
        _disk.Delete("/d/a");
        Assert.Equal(3 * Sector, _disk.RoomBytes);
    }

    [Fact]
    public async Task Sync_ThatLies_ProvesNothing()
    {
        IDiskFile file = await CreateAsync("/d/a", "0");
        _disk.LiesAboutSyncs = true;
        Write(file, "1");
        await file.SyncAsync();
        Assert.Equal(["0", "1"], Enumerable.Range(1, 30).Select(seed => Show(_disk.Crashed(seed), "/d/a")).Distinct().Order());
    }

    [Fact]
    public void Sync_ThatStalls_MakesSafeWhatWasWrittenBeforeIt()
    {
        var kernel = new SimulationKernel();
        var disk = new SimulatedDisk(1, kernel.Time) { SyncStall = TimeSpan.FromSeconds(5) };
        kernel.Run(async () =>
        {
            IDiskFile file = disk.Create("/d/a");
            Write(file, "1");
            await disk.SyncDirectoryAsync("/d");
            Task sync = file.SyncAsync().AsTask();
            Write(file, "2");
            Assert.Equal(["", "\0", "1", "2"], Seen(disk));
            await sync;
            Assert.Equal(["1", "2"], Seen(disk));
            Assert.Equal(TimeSpan.FromSeconds(10), kernel.Time.Elapsed);
        });
    }

    private static IEnumerable<string> Seen(SimulatedDisk disk) =>
        Enumerable.Range(1, 60).Select(seed => Show(disk.Crashed(seed), "/d/a")).Distinct().Order(StringComparer.Ordinal);

    private async Task<IDiskFile> CreateAsync(string path, string content)
    {
        IDiskFile file = _disk.Create(path);
        Write(file, content);
        await file.SyncAsync();
        await _disk.SyncDirectoryAsync("/d");
        return file;
    }

    /// <summary>Fills sectors, one for each character; a blank leaves its sector out.</summary>
    private static void Write(IDiskFile file, string content)
    {
        for (int at = 0; at < content.Length; at++)
        {
            int end = content.IndexOf(' ', at) is var blank && blank < 0 ? content.Length : blank;
            file.Write(at * Sector, [.. content[at..end].SelectMany(static c => Enumerable.Repeat((byte)c, Sector))]);
            at = end;
        }
    }

    private static string Show(SimulatedDisk disk, string path) =>
        Encoding.ASCII.GetString([.. disk.Peek(path).Where(static (_, at) => at % Sector == 0)]);
}
