using Discovery.Wire;

namespace Discovery.Shared.Tests;

/// <summary>Bytes written down from the format's specification, and read back.</summary>
public class MessagePackGoldenTests
{
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7f")]
    [InlineData(128, "cc80")]
    [InlineData(255, "ccff")]
    [InlineData(256, "cd0100")]
    [InlineData(65535, "cdffff")]
    [InlineData(65536, "ce00010000")]
    [InlineData(4294967295, "ceffffffff")]
    [InlineData(4294967296, "cf0000000100000000")]
    [InlineData(long.MaxValue, "cf7fffffffffffffff")]
    [InlineData(-1, "ff")]
    [InlineData(-32, "e0")]
    [InlineData(-33, "d0df")]
    [InlineData(-128, "d080")]
    [InlineData(-129, "d1ff7f")]
    [InlineData(-32768, "d18000")]
    [InlineData(-32769, "d2ffff7fff")]
    [InlineData(-2147483648, "d280000000")]
    [InlineData(-2147483649, "d3ffffffff7fffffff")]
    [InlineData(long.MinValue, "d38000000000000000")]
    public void Write_Integer_TakesShortestFormFromEveryOverload(long value, string hex)
    {
        Assert.Equal(hex, Hex((ref MessagePackWriter w) => w.Write(value)));
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            Assert.Equal(hex, Hex((ref MessagePackWriter w) => w.Write((int)value)));
        }

        if (value is >= 0 and <= uint.MaxValue)
        {
            Assert.Equal(hex, Hex((ref MessagePackWriter w) => w.Write((uint)value)));
        }

        if (value >= 0)
        {
            Assert.Equal(hex, Hex((ref MessagePackWriter w) => w.Write((ulong)value)));
        }

        var reader = new MessagePackReader(Convert.FromHexString(hex));
        Assert.True(reader.TryReadInt64(out long read));
        Assert.Equal(value, read);
        Assert.True(reader.End);
    }

    [Fact]
    public void Write_Scalars_MatchSpecification()
    {
        Assert.Equal("c0", Hex((ref MessagePackWriter w) => w.WriteNil()));
        Assert.Equal("c2", Hex((ref MessagePackWriter w) => w.Write(false)));
        Assert.Equal("c3", Hex((ref MessagePackWriter w) => w.Write(true)));
        Assert.Equal("ca3fc00000", Hex((ref MessagePackWriter w) => w.Write(1.5f)));
        Assert.Equal("cbbff8000000000000", Hex((ref MessagePackWriter w) => w.Write(-1.5)));
        Assert.Equal("cfffffffffffffffff", Hex((ref MessagePackWriter w) => w.Write(ulong.MaxValue)));
        Assert.Equal("ce00000001", Hex((ref MessagePackWriter w) => w.WriteUInt32(1)));
        Assert.Equal("cf0000000000000001", Hex((ref MessagePackWriter w) => w.WriteUInt64(1)));
    }

    [Theory]
    [InlineData(0, "a0", "a0")]
    [InlineData(31, "bf", "bf")]
    [InlineData(32, "d920", "da0020")]
    [InlineData(255, "d9ff", "da00ff")]
    [InlineData(256, "da0100", "da0100")]
    [InlineData(65535, "daffff", "daffff")]
    [InlineData(65536, "db00010000", "db00010000")]
    public void Write_String_TakesShortestHeaderOfItsSpec(int length, string newHeader, string oldHeader)
    {
        var text = new string('x', length);
        string body = Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(text));
        Assert.Equal(newHeader + body, Hex((ref MessagePackWriter w) => w.Write(text)));
        Assert.Equal(newHeader + body, Hex((ref MessagePackWriter w) => w.WriteString(System.Text.Encoding.UTF8.GetBytes(text))));
        Assert.Equal(oldHeader + body, Hex((ref MessagePackWriter w) => w.Write(text), oldSpec: true));
        Assert.Equal(oldHeader + body, Hex((ref MessagePackWriter w) => w.Write(System.Text.Encoding.UTF8.GetBytes(text)), oldSpec: true));
    }

    [Theory]
    [InlineData(0, "c400")]
    [InlineData(255, "c4ff")]
    [InlineData(256, "c50100")]
    [InlineData(65536, "c600010000")]
    public void Write_Binary_TakesShortestHeader(int length, string header) =>
        Assert.Equal(header + new string('0', 2 * length), Hex((ref MessagePackWriter w) => w.Write(new byte[length])));

    [Theory]
    [InlineData(0, "90", "80")]
    [InlineData(15, "9f", "8f")]
    [InlineData(16, "dc0010", "de0010")]
    [InlineData(65535, "dcffff", "deffff")]
    [InlineData(65536, "dd00010000", "df00010000")]
    public void WriteHeader_Count_TakesShortestForm(int count, string array, string map)
    {
        Assert.Equal(array, Hex((ref MessagePackWriter w) => w.WriteArrayHeader(count)));
        Assert.Equal(map, Hex((ref MessagePackWriter w) => w.WriteMapHeader(count)));
    }

    [Fact]
    public void Write_NullReferences_AreNil()
    {
        Assert.Equal("c0", Hex((ref MessagePackWriter w) => w.Write((string?)null)));
        Assert.Equal("c0", Hex((ref MessagePackWriter w) => w.Write((byte[]?)null)));
    }

    private delegate void Writing(ref MessagePackWriter writer);

    private static string Hex(Writing write, bool oldSpec = false)
    {
        using var buffer = new WireBuffer();
        var writer = new MessagePackWriter(buffer) { OldSpec = oldSpec };
        write(ref writer);
        writer.Flush();
        return Convert.ToHexStringLower(buffer.WrittenSpan);
    }
}
