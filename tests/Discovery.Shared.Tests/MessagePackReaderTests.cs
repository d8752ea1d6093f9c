using System.Buffers;
using Discovery.Wire;

namespace Discovery.Shared.Tests;

public class MessagePackReaderTests
{
    [Theory]
    [InlineData("d1007f")]
    [InlineData("cc7f")]
    [InlineData("cd007f")]
    [InlineData("ce0000007f")]
    [InlineData("cf000000000000007f")]
    [InlineData("d07f")]
    [InlineData("d20000007f")]
    [InlineData("d3000000000000007f")]
    public void TryReadInteger_LongerFormThanNeeded_GivesTheValueInEveryWidth(string hex)
    {
        byte[] data = Convert.FromHexString(hex);
        Assert.True(new MessagePackReader(data).TryReadByte(out byte b) && b == 127);
        Assert.True(new MessagePackReader(data).TryReadUInt16(out ushort us) && us == 127);
        Assert.True(new MessagePackReader(data).TryReadUInt32(out uint u) && u == 127);
        Assert.True(new MessagePackReader(data).TryReadUInt64(out ulong ul) && ul == 127);
        Assert.True(new MessagePackReader(data).TryReadInt16(out short s) && s == 127);
        Assert.True(new MessagePackReader(data).TryReadInt32(out int i) && i == 127);
        Assert.True(new MessagePackReader(data).TryReadInt64(out long l) && l == 127);
        Assert.True(new MessagePackReader(data).TryReadDouble(out double d) && d == 127);
    }

    [Fact]
    public void TryReadInteger_OutOfRange_IsRefusedAndZero()
    {
        Assert.False(Reader("cd0100").TryReadByte(out byte b) || b != 0);
        Assert.False(Reader("ce00010000").TryReadUInt16(out ushort us) || us != 0);
        Assert.False(Reader("cf0000000100000000").TryReadUInt32(out uint u) || u != 0);
        Assert.False(Reader("cd8000").TryReadInt16(out short s) || s != 0);
        Assert.False(Reader("d1ff7f").TryReadByte(out b) || b != 0);
        Assert.False(Reader("ce80000000").TryReadInt32(out int i) || i != 0);
        Assert.False(Reader("d3ffffffff7fffffff").TryReadInt32(out i) || i != 0);
        Assert.False(Reader("cf8000000000000000").TryReadInt64(out long l) || l != 0);
        Assert.False(Reader("ff").TryReadUInt64(out ulong ul) || ul != 0);
        Assert.False(Reader("d3ffffffffffffffff").TryReadUInt64(out ul) || ul != 0);
        Assert.False(Reader("ca3f800000").TryReadInt32(out i) || i != 0);
        Assert.False(Reader("c0").TryReadInt32(out i) || i != 0);
    }

    [Fact]
    public void TryReadStringSpanAndBytes_NewAndOldSpec_TakeTheirOwnFamilyOrBoth()
    {
        string[] strings = ["a161", "d90161", "da000161", "db0000000161"];
        string[] binaries = ["c40161", "c5000161", "c60000000161"];
        foreach (string hex in strings.Concat(binaries))
        {
            bool isString = strings.Contains(hex);
            Assert.Equal(isString, Reader(hex).TryReadStringSpan(out ReadOnlySpan<byte> read));
            Assert.Equal(isString ? 1 : 0, read.Length);
            Assert.Equal(!isString, Reader(hex).TryReadBytes(out read));
            Assert.Equal(isString ? 0 : 1, read.Length);
            Assert.True(new MessagePackReader(Convert.FromHexString(hex)) { OldSpec = true }.TryReadStringSpan(out read));
            Assert.Equal((byte)'a', read[0]);
            Assert.True(new MessagePackReader(Convert.FromHexString(hex)) { OldSpec = true }.TryReadBytes(out read));
            Assert.Equal((byte)'a', read[0]);
        }
    }

    [Fact]
    public void TryReadString_NilEmptyAndBrokenUtf8_GivesNullEmptyAndReplacement()
    {
        Assert.True(Reader("c0").TryReadString(out string? text));
        Assert.Null(text);
        Assert.True(Reader("a0").TryReadString(out text));
        Assert.Equal("", text);
        Assert.True(Reader("a2ff61").TryReadString(out text));
        Assert.Equal("\ufffda", text);
    }

    [Theory]
    [InlineData("c0", "")]
    [InlineData("a2ff00", "ff00")]
    [InlineData("d902ff00", "ff00")]
    [InlineData("c402ff00", "ff00")]
    [InlineData("92ccff00", "ff00")]
    [InlineData("dc000201d00a", "010a")]
    [InlineData("90", "")]
    public void TryCopyBytes_EveryFormOfPeers_GivesTheBytes(string hex, string expected)
    {
        Span<byte> target = stackalloc byte[2];
        MessagePackReader reader = Reader(hex);
        Assert.True(reader.TryCopyBytes(target, out int written));
        Assert.Equal(expected, Convert.ToHexStringLower(target[..written]));
        Assert.True(reader.End);
    }

    [Theory]
    [InlineData("a3000000")]
    [InlineData("93000000")]
    [InlineData("92cd010000")]
    [InlineData("9200")]
    [InlineData("01")]
    [InlineData("a2ff")]
    [InlineData("")]
    public void TryCopyBytes_TooManyOrNoBytes_IsRefusedAndNothingMoves(string hex)
    {
        MessagePackReader reader = Reader(hex);
        Assert.False(reader.TryCopyBytes(stackalloc byte[2], out int written));
        Assert.Equal(0, written);
        Assert.Equal(0, reader.Consumed);
    }

    [Theory]
    [InlineData("ddffffffff00")]
    [InlineData("dd7fffffff00")]
    [InlineData("dc000200")]
    [InlineData("92c0")]
    public void TryReadArrayHeader_MoreThanTheBytesCouldHold_IsRefused(string hex) =>
        Assert.False(Reader(hex).TryReadArrayHeader(out int count) || count != 0);

    [Theory]
    [InlineData("dfffffffff0000")]
    [InlineData("df800000000000")]
    [InlineData("de0002000000")]
    [InlineData("81c0")]
    public void TryReadMapHeader_MoreThanTheBytesCouldHold_IsRefused(string hex) =>
        Assert.False(Reader(hex).TryReadMapHeader(out int count) || count != 0);

    [Theory]
    [InlineData("", OperationStatus.NeedMoreData)]
    [InlineData("c1", OperationStatus.InvalidData)]
    [InlineData("92c0", OperationStatus.NeedMoreData)]
    [InlineData("92c0c1", OperationStatus.InvalidData)]
    [InlineData("a261", OperationStatus.NeedMoreData)]
    [InlineData("dbffffffff", OperationStatus.NeedMoreData)]
    [InlineData("dfffffffff00", OperationStatus.NeedMoreData)]
    [InlineData("da00", OperationStatus.NeedMoreData)]
    [InlineData("c70a", OperationStatus.NeedMoreData)]
    public void Measure_CutOrBroken_TellsThemApart(string hex, OperationStatus expected)
    {
        Assert.Equal(expected, MessagePackFrame.Measure(Convert.FromHexString(hex), out int length));
        Assert.Equal(0, length);
    }

    [Fact]
    public void TrySkip_NestedToTheLimit_PassesAndOneDeeperIsRefused()
    {
        byte[] nested = [.. Enumerable.Repeat((byte)0x91, 64), 0xc0];
        Assert.True(new MessagePackReader(nested).TrySkip());
        Assert.False(new MessagePackReader([0x91, .. nested]).TrySkip());
        Assert.True(new MessagePackReader([0x91, 0x90]).TrySkip(1));
        Assert.False(new MessagePackReader([0x91, 0x91, 0xc0]).TrySkip(1));
        Assert.False(new MessagePackReader([.. Enumerable.Repeat((byte)0x91, 1_000_000)]).TrySkip());
    }

    [Fact]
    public void TryReadRaw_ValueInAMap_GivesItsBytesAndStopsBehindIt()
    {
        MessagePackReader reader = Reader("82a161920102a162c3ff");
        Assert.True(reader.TryReadMapHeader(out int count));
        Assert.Equal(2, count);
        Assert.True(reader.TryReadStringSpan(out ReadOnlySpan<byte> key));
        Assert.True(key.SequenceEqual("a"u8));
        Assert.True(reader.TryReadRaw(out ReadOnlySpan<byte> value));
        Assert.Equal("920102", Convert.ToHexStringLower(value));
        Assert.True(reader.TrySkip());
        Assert.True(reader.TryReadBoolean(out bool flag) && flag);
        Assert.True(reader.TryReadRaw(1, out ReadOnlySpan<byte> rest));
        Assert.Equal(0xff, rest[0]);
        Assert.False(reader.TryReadRaw(1, out _) || reader.TryReadRaw(-1, out _));
        Assert.True(reader.End);
    }

    [Theory]
    [InlineData("d6ff00000000", "1970-01-01T00:00:00.0000000Z")]
    [InlineData("d6ffffffffff", "2106-02-07T06:28:15.0000000Z")]
    [InlineData("d7ff0000000100000000", "2106-02-07T06:28:16.0000000Z")]
    [InlineData("d7ffee6b26705fee6600", "2021-01-01T00:00:00.9999999Z")]
    [InlineData("c70cff3b9ac99cfffffff1886e0900", "0001-01-01T00:00:00.9999999Z")]
    public void TryReadDateTime_Timestamp_GivesTheInstantAndWritesBack(string hex, string expected)
    {
        Assert.True(Reader(hex).TryReadDateTime(out DateTime value));
        Assert.Equal(expected, value.ToString("O"));
        using var buffer = new WireBuffer();
        var writer = new MessagePackWriter(buffer);
        writer.Write(value);
        writer.Flush();
        Assert.Equal(hex, Convert.ToHexStringLower(buffer.WrittenSpan));
    }

    [Theory]
    [InlineData("d7ffee6b280000000000")]
    [InlineData("c70cff000000007fffffffffffffff")]
    [InlineData("c70cff000000008000000000000000")]
    [InlineData("d60000000000")]
    [InlineData("d5ff0000")]
    public void TryReadDateTime_NotAnInstant_IsRefusedAndNothingMoves(string hex)
    {
        MessagePackReader reader = Reader(hex);
        Assert.False(reader.TryReadDateTime(out _));
        Assert.Equal(0, reader.Consumed);
    }

    private static MessagePackReader Reader(string hex) => new(Convert.FromHexString(hex));
}
