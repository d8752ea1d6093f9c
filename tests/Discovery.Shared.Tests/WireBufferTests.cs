using System.Buffers;
using System.Text;
using Discovery.Wire;

namespace Discovery.Shared.Tests;

public class WireBufferTests
{
    [Fact]
    public void Write_PastTheCapacity_GrowsAndKeepsWhatWasWritten()
    {
        using var buffer = new WireBuffer(capacity: 16);
        byte[] data = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];
        foreach (byte[] chunk in data.Chunk(7))
        {
            buffer.Write(chunk);
        }

        Assert.Equal(data, buffer.WrittenSpan.ToArray());
        Assert.Equal(data, buffer.WrittenMemory.ToArray());
    }

    [Fact]
    public void GetSpan_AtTheLimit_FillsItExactlyAndThenThrows()
    {
        using var buffer = new WireBuffer(bytesMax: 10);
        buffer.Write(new byte[9]);
        Assert.Equal(1, buffer.GetSpan().Length);
        buffer.Write([1]);
        Assert.Equal(10, buffer.WrittenCount);
        Assert.Equal(10, Assert.Throws<WireLimitException>(() => buffer.Write([1])).BytesMax);
        Assert.Throws<WireLimitException>(() => buffer.GetMemory());
        buffer.Write([]);
        Assert.Equal(10, buffer.WrittenCount);
    }

    [Fact]
    public void Writer_StringThatJustFitsTheLimit_IsWritten()
    {
        using var buffer = new WireBuffer(bytesMax: 34);
        var writer = new MessagePackWriter(buffer);
        writer.Write(new string('x', 32));
        writer.Flush();
        Assert.Equal(34, buffer.WrittenCount);
    }

    [Fact]
    public void Advance_MoreThanThereIs_Throws()
    {
        using var buffer = new WireBuffer(capacity: 16);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(buffer.FreeCapacity + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.GetSpan(-1));
    }

    [Fact]
    public void TruncateClearReset_AfterWrites_CutBackAndStayUsable()
    {
        using var buffer = new WireBuffer();
        buffer.Write("abcdef"u8);
        buffer.GetWritten(1, 2).Fill((byte)'-');
        Assert.Equal("a--def", Encoding.ASCII.GetString(buffer.WrittenSpan));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.GetWritten(5, 2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(7));
        buffer.Truncate(1);
        buffer.Write("z"u8);
        Assert.Equal("az", Encoding.ASCII.GetString(buffer.WrittenSpan));
        buffer.Clear();
        Assert.True(buffer.WrittenSpan.IsEmpty && buffer.FreeCapacity > 0);
        buffer.Reset(capacityMax: 16);
        Assert.Equal(0, buffer.FreeCapacity);
        buffer.Dispose();
        buffer.Dispose();
        buffer.Write("again"u8);
        Assert.Equal(5, buffer.WrittenCount);
    }

    [Fact]
    public void Writer_OutputThatGivesOnlyWhatIsAsked_WritesTheSameBytes()
    {
        using var buffer = new WireBuffer();
        for (int seed = 0; seed < 500; seed++)
        {
            buffer.Clear();
            var stingy = new StingyOutput();
            var expected = new MessagePackWriter(buffer) { OldSpec = seed % 2 == 0 };
            var actual = new MessagePackWriter(stingy) { OldSpec = seed % 2 == 0 };
            MessagePackText.Make(new Random(seed), new StringBuilder(), ref expected);
            MessagePackText.Make(new Random(seed), new StringBuilder(), ref actual);
            expected.Flush();
            actual.Flush();
            actual.Flush();
            Assert.Equal(buffer.WrittenSpan.ToArray(), stingy.Written);
        }
    }

    [Fact]
    public void Writer_LoneSurrogate_BecomesTheReplacementCharacter()
    {
        using var buffer = new WireBuffer();
        var writer = new MessagePackWriter(buffer);
        writer.Write("a\ud800b");
        writer.Write(new string('\ud800', 100));
        writer.Flush();
        Assert.Equal("a561efbfbd62", Convert.ToHexStringLower(buffer.WrittenSpan[..6]));
        Assert.Equal("da012c", Convert.ToHexStringLower(buffer.WrittenSpan[6..9]));
        Assert.Equal(9 + 300, buffer.WrittenCount);
    }

    [Fact]
    public void Writer_NegativeCount_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessagePackWriter(new WireBuffer()).WriteArrayHeader(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessagePackWriter(new WireBuffer()).WriteMapHeader(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessagePackWriter(new WireBuffer()).WriteTimestamp(0, 1_000_000_000));
    }

    private sealed class StingyOutput : IBufferWriter<byte>
    {
        private byte[] _last = [];

        public List<byte> Written { get; } = [];

        public void Advance(int count) => Written.AddRange(_last[..count]);

        public Memory<byte> GetMemory(int sizeHint = 0) => _last = new byte[Math.Max(sizeHint, 1)];

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
