using System.Formats.Tar;
using System.Text;
using Discovery.State.Snapshots;
using Discovery.Testing;

namespace Discovery.Snapshots;

public sealed class ArchiveTests
{
    private const string Refused = "The snapshot is refused and nothing was changed: ";
    private const string Unreadable = "failed to read snapshot file: ";
    private const string Integrity = Unreadable + "failed checking integrity of snapshot: ";

    [Fact]
    public async Task Write_State_IsTheArchiveThatConsulsToolsRead()
    {
        StateMachine state = TestArchive.State();
        byte[] archive = await TestArchive.WriteAsync(state);
        IReadOnlyList<(string Name, byte[] Content)> files = TestArchive.Files(archive);

        using var expected = new MemoryStream();
        state.WriteSnapshot(expected);
        Assert.Equal(["meta.json", "state.bin", "SHA256SUMS"], files.Select(static file => file.Name));
        Assert.Equal(
            "{\"Version\":1,\"ID\":\"3-9-1700000000000\",\"Index\":9,\"Term\":3,\"Peers\":\"ka0xMC4wLjAuMTo4MzAw\","
            + "\"Configuration\":{\"Servers\":["
            + "{\"Suffrage\":0,\"ID\":\"11111111-2222-3333-4444-555555555555\",\"Address\":\"10.0.0.1:8300\"}]},"
            + $"\"ConfigurationIndex\":7,\"Size\":{expected.Length}}}",
            Encoding.UTF8.GetString(files[0].Content));
        Assert.Equal(expected.ToArray(), files[1].Content);
        Assert.Equal(TestArchive.Sums(files[0], files[1]), files[2].Content);
    }

    [Fact]
    public async Task Read_WhatWasWritten_IsTheSameState()
    {
        StateMachine state = TestArchive.State();
        using var reader = Reader(await TestArchive.WriteAsync(state));

        Assert.Equal(TestArchive.Meta, await reader.OpenAsync(default));
        StateSnapshot read = await TestArchive.State(0).ReadSnapshotAsync(reader);

        Assert.Equal(state.Current.ComputeHash(), read.ComputeHash());
        Assert.Equal(0, await reader.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task Read_OfAnotherTarProgram_IsTakenWithItsPadding()
    {
        IReadOnlyList<(string, byte[])> files = TestArchive.Files(await TestArchive.WriteAsync(TestArchive.State()));

        Assert.Null(await TroubleAsync(TestArchive.Pack(files)));
        Assert.Null(await TroubleAsync(TestArchive.Gzip([.. TestArchive.Tar(TarEntryFormat.Ustar, files), .. new byte[10240]])));
    }

    [Fact]
    public async Task Read_CutAnywhere_IsRefused()
    {
        byte[] archive = await TestArchive.WriteAsync(TestArchive.State());

        for (int length = 0; length < archive.Length; length++)
        {
            Assert.True(await TroubleAsync(archive[..length]) is not null, $"cut after {length} of {archive.Length} bytes");
        }
    }

    [Fact]
    public async Task Read_AnyBitFlipped_IsRefusedOrTheSameState()
    {
        StateMachine state = TestArchive.State(3);
        byte[] archive = await TestArchive.WriteAsync(state);

        for (int bit = 0; bit < archive.Length * 8; bit++)
        {
            byte[] damaged = [.. archive];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            using var reader = Reader(damaged);
            try
            {
                await reader.OpenAsync(default);
                Assert.Equal(state.Current.ComputeHash(), (await state.ReadSnapshotAsync(reader)).ComputeHash());
            }
            catch (DiscoveryException e)
            {
                Assert.Equal((DiscoveryError.InvalidRequest, WriteOutcome.NotApplied), (e.Error, e.WriteOutcome));
            }
        }
    }

    public static TheoryData<string, string> Damaged => new()
    {
        { "empty", "failed to decompress snapshot: EOF" },
        { "three bytes", "failed to decompress snapshot: unexpected EOF" },
        { "text", "failed to decompress snapshot: gzip: invalid header" },
        { "not gzipped", "failed to decompress snapshot: gzip: invalid header" },
        { "gzip of text", Unreadable + "failed reading snapshot: unexpected EOF" },
        { "no sums", Integrity + "file missing for \"SHA256SUMS\"" },
        { "no state", Unreadable + "file \"SHA256SUMS\" stands in the place of \"state.bin\"" },
        { "no meta", Unreadable + "file \"state.bin\" stands in the place of \"meta.json\"" },
        { "another order", Unreadable + "file \"SHA256SUMS\" stands in the place of \"meta.json\"" },
        { "wrong sum of state", Integrity + "hash check failed for \"state.bin\"" },
        { "wrong sum of meta", Integrity + "hash check failed for \"meta.json\"" },
        { "sums of one", Integrity + "file missing for \"state.bin\"" },
        { "sums empty", Integrity + "file missing for \"meta.json\"" },
        { "sums garbage", Integrity + "a line is not a sum and a name" },
        { "sums of another", Integrity + "list missing hash for \"other\"" },
        { "an extra file", Unreadable + "unexpected file \"x\" in snapshot" },
        { "a path", Unreadable + "unexpected file \"../../etc/state.bin\" in snapshot" },
        { "an absolute path", Unreadable + "unexpected file \"/state.bin\" in snapshot" },
        { "state twice", Unreadable + "file \"state.bin\" stands in the place of \"SHA256SUMS\"" },
        { "a link", Unreadable + "failed reading snapshot: archive/tar: invalid tar header, or not that of a plain file" },
        { "long form", Unreadable + "failed reading snapshot: archive/tar: invalid tar header, or not that of a plain file" },
        { "something behind", Unreadable + "unread uncompressed bytes remain" },
        { "garbage behind", Unreadable + "it is cut off, or goes on after its end" },
        { "meta of another version", Unreadable + "failed to decode snapshot metadata: version 2 is not known, only 1 is" },
        { "meta without an index", Unreadable + "failed to decode snapshot metadata: Version, ID, Index and Term are wanted" },
        { "large meta", Unreadable + "file \"meta.json\" has more than 1048576 bytes" },
        { "state empty", Refused + "its state does not begin like a snapshot." },
        { "state garbage", Refused + "it does not begin like a snapshot." },
        { "state cut", Refused + "its state ends too early." },
        { "state goes on", Refused + "it goes on after its end." },
        { "state of Consul", Refused + "it is a snapshot of a Consul server, whose state has another form. Restore it in a Consul of its "
            + "version and move what is in it over the APIs, such as keys with `consul kv export` and `consul kv import`." },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public async Task Read_Damaged_IsRefusedBeforeTheStateHasEnded(string how, string expected)
    {
        byte[] good = await TestArchive.WriteAsync(TestArchive.State());

        Assert.Equal(expected, await TroubleAsync(Damage(good, how)));
    }

    [Fact]
    public async Task Read_ArchiveMadeToFillTheMemory_IsRefusedBeforeItDoes()
    {
        // Blocks that say 256 KiB each, packed by gzip to almost nothing.
        byte[] block = [0, 0, 4, 0, 16, 0, 0, 0, .. new byte[20]];
        byte[] state = [.. Header(), .. Enumerable.Repeat(block, 4000).SelectMany(static one => one)];
        byte[] bomb = TestArchive.Pack(TestArchive.Around(state));

        Assert.InRange(bomb.Length, 500, 5000);
        Assert.Equal(
            Refused + "it unpacks to more than 1000 times its size (ClusterSnapshotOptions.RatioMax).", await TroubleAsync(bomb));
        Assert.Equal(
            Refused + "it holds more than 1000000 bytes (ClusterSnapshotOptions.ContentBytesMax).",
            await TroubleAsync(bomb, new ClusterSnapshotOptions { ContentBytesMax = 1_000_000 }));
        Assert.Equal(
            Refused + "its state has 112016 bytes, more than 100000 (ClusterSnapshotOptions.ArchiveBytesMax).",
            await TroubleAsync(bomb, new ClusterSnapshotOptions { ArchiveBytesMax = 100_000 }));

        byte[] good = await TestArchive.WriteAsync(TestArchive.State());
        byte[] zeros = TestArchive.Gzip(
            [.. TestArchive.Tar(TarEntryFormat.Ustar, TestArchive.Files(good)), .. new byte[2 * 1024 * 1024]]);
        Assert.Equal(Unreadable + "unread uncompressed bytes remain", await TroubleAsync(zeros));
    }

    [Fact]
    public async Task Read_OtherSideThatDoesNotGoOn_IsGivenUp()
    {
        var time = new FakeTimeProvider();
        using var reader = new ArchiveReader(new DrippingStream(time), new ClusterSnapshotOptions(), time);

        DiscoveryException stalled = await Assert.ThrowsAsync<DiscoveryException>(() => reader.OpenAsync(default));

        Assert.Equal(
            (DiscoveryError.Overloaded, "The other side moved less than 65536 bytes in 00:00:30 (ClusterSnapshotOptions.StallTimeout)."),
            (stalled.Error, stalled.Message));
    }

    [Fact]
    public async Task Write_OtherSideThatTakesNothing_IsGivenUpAndTheRestGoesNowhere()
    {
        var time = new FakeTimeProvider();
        var output = new DrippingStream(time);
        var writer = new ArchiveWriter(
            TestArchive.State().Current, TestArchive.Meta, TestArchive.Cluster, new ClusterSnapshotOptions(), time);

        DiscoveryException stalled = await Assert.ThrowsAsync<DiscoveryException>(() => writer.WriteAsync(output, default));

        Assert.Equal(DiscoveryError.Overloaded, stalled.Error);
        Assert.Equal(0, output.Written);
    }

    private static byte[] Header()
    {
        using var snapshot = new MemoryStream();
        TestArchive.State(0).WriteSnapshot(snapshot);
        return snapshot.ToArray()[..SnapshotFormat.HeaderBytes];
    }

    private static byte[] Damage(byte[] good, string how)
    {
        IReadOnlyList<(string Name, byte[] Content)> files = TestArchive.Files(good);
        (string, byte[]) meta = files[0];
        (string, byte[]) state = files[1];
        (string, byte[]) sums = files[2];
        byte[] changed = [.. files[1].Content];
        changed[^1] ^= 1;
        return how switch
        {
            "empty" => [],
            "three bytes" => "abc"u8.ToArray(),
            "text" => "this is not an archive"u8.ToArray(),
            "not gzipped" => TestArchive.Tar(TarEntryFormat.Ustar, files),
            "gzip of text" => TestArchive.Gzip("this is not a tar"u8.ToArray()),
            "no sums" => TestArchive.Pack(meta, state),
            "no state" => TestArchive.Pack(meta, sums),
            "no meta" => TestArchive.Pack(state, sums),
            "another order" => TestArchive.Pack(sums, state, meta),
            "wrong sum of state" => TestArchive.Pack(meta, ("state.bin", changed), sums),
            "wrong sum of meta" => TestArchive.Pack(("meta.json", [.. files[0].Content, (byte)' ']), state, sums),
            "sums of one" => TestArchive.Pack(meta, state, ("SHA256SUMS", TestArchive.Sums(files[0]))),
            "sums empty" => TestArchive.Pack(meta, state, ("SHA256SUMS", [])),
            "sums garbage" => TestArchive.Pack(meta, state, ("SHA256SUMS", "zzz\n"u8.ToArray())),
            "sums of another" => TestArchive.Pack(meta, state, ("SHA256SUMS", TestArchive.Sums(files[0], files[1], ("other", [])))),
            "an extra file" => TestArchive.Pack(meta, ("x", [1]), state, sums),
            "a path" => TestArchive.Pack(meta, ("../../etc/state.bin", files[1].Content), sums),
            "an absolute path" => TestArchive.Pack(meta, ("/state.bin", files[1].Content), sums),
            "state twice" => TestArchive.Pack(meta, state, state, sums),
            "a link" => Link(meta),
            "long form" => TestArchive.Gzip(TestArchive.Tar(TarEntryFormat.Pax, files)),
            "something behind" => TestArchive.Gzip([.. TestArchive.Tar(TarEntryFormat.Ustar, files), 1]),
            "garbage behind" => [.. good, .. "garbage"u8],
            "meta of another version" => TestArchive.Pack(
                TestArchive.Around(files[1].Content, "{\"Version\":2,\"ID\":\"x\",\"Index\":1,\"Term\":1}"u8.ToArray())),
            "meta without an index" => TestArchive.Pack(TestArchive.Around(files[1].Content, "{\"Version\":1}"u8.ToArray())),
            "large meta" => TestArchive.Pack(("meta.json", new byte[(1024 * 1024) + 1]), state, sums),
            "state empty" => TestArchive.Pack(TestArchive.Around([])),
            "state garbage" => TestArchive.Pack(TestArchive.Around(Encoding.ASCII.GetBytes(new string('x', 1000)))),
            "state cut" => TestArchive.Pack(TestArchive.Around(files[1].Content[..^1])),
            "state goes on" => TestArchive.Pack(TestArchive.Around([.. files[1].Content, 0])),
            "state of Consul" => TestArchive.Pack(TestArchive.Around([0x81, 0xa9, .. "LastIndex"u8, 12, 0, 0x8d, 1, 2, 3, 4])),
            _ => throw new ArgumentException(how),
        };
    }

    private static byte[] Link((string Name, byte[] Content) meta)
    {
        using var output = new MemoryStream();
        using (var tar = new TarWriter(output, TarEntryFormat.Ustar, leaveOpen: true))
        {
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, meta.Name) { DataStream = new MemoryStream(meta.Content) });
            tar.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "state.bin") { LinkName = "/etc/passwd" });
        }

        return TestArchive.Gzip(output.ToArray());
    }

    private static ArchiveReader Reader(byte[] archive, ClusterSnapshotOptions? options = null) =>
        new(new MemoryStream(archive), options ?? new ClusterSnapshotOptions(), new FakeTimeProvider());

    // What keeps the archive from being read to its end; null when nothing does.
    private static async Task<string?> TroubleAsync(byte[] archive, ClusterSnapshotOptions? options = null)
    {
        using var reader = Reader(archive, options);
        try
        {
            await reader.OpenAsync(default);
            await reader.CopyToAsync(Stream.Null);
            return null;
        }
        catch (DiscoveryException e)
        {
            Assert.Equal((DiscoveryError.InvalidRequest, WriteOutcome.NotApplied), (e.Error, e.WriteOutcome));
            return e.Message;
        }
    }
}
