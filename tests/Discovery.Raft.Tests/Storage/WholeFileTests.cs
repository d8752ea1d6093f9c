using System.Text;
using Discovery.Testing;

namespace Discovery.Storage;

public sealed class WholeFileTests
{
    private const string Path = "/data/small";
    private const uint Format = 3;

    private readonly SimulatedDisk _disk = new();

    public WholeFileTests() => _disk.CreateDirectory("/data");

    [Fact]
    public async Task Write_Anything_IsTheseBytes()
    {
        await File().WriteAsync(Encoding.ASCII.GetBytes("123456789"));

        // The checksum was computed by another implementation (Python, bit by bit).
        Assert.Equal("4453435654455354" + "03000000" + "313233343536373839" + "AC20DB2B", Convert.ToHexString(_disk.Peek(Path)));
        Assert.Equal("123456789", Encoding.ASCII.GetString(File().Read()!));
        Assert.Equal([Path], _disk.Paths);
    }

    [Fact]
    public async Task Write_PowerFailsAtAnyCall_LeavesTheOneOrTheOther()
    {
        await File().WriteAsync("before"u8.ToArray());
        HashSet<string> found = [];
        for (int at = 1; at <= 8; at++)
        {
            SimulatedDisk disk = _disk.Clone(at);
            disk.CrashAt = disk.Calls + at;
            await Record.ExceptionAsync(() => File(disk).WriteAsync("after"u8.ToArray()));
            found.Add(Encoding.ASCII.GetString(File(disk.Crashed(at)).Read()!));
        }

        Assert.Equal(["after", "before"], found.Order());
    }

    [Fact]
    public async Task Read_Damaged_IsNull()
    {
        await File().WriteAsync("content"u8.ToArray());
        byte[] bytes = _disk.Peek(Path);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] damaged = [.. bytes];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            _disk.Plant(Path, damaged);
            Assert.Null(File().Read());
        }

        for (int length = 0; length < bytes.Length; length++)
        {
            _disk.Plant(Path, bytes[..length]);
            Assert.Null(File().Read());
        }

        _disk.Plant(Path, [.. bytes, 0]);
        Assert.Null(File().Read());
        _disk.Plant(Path, new byte[WholeFile.ContentBytesMax * 2]);
        Assert.Null(File().Read());
    }

    [Fact]
    public async Task Read_OfANewerFormat_IsRefused()
    {
        await new WholeFile(_disk, Path, "DSCVTEST", Format + 1).WriteAsync("content"u8.ToArray());

        StorageException refused = Assert.Throws<StorageException>(() => File().Read());

        Assert.StartsWith($"{Path} is of a newer format than this version reads.", refused.Message, StringComparison.Ordinal);
    }

    private WholeFile File(SimulatedDisk? disk = null) => new(disk ?? _disk, Path, "DSCVTEST", Format);
}
