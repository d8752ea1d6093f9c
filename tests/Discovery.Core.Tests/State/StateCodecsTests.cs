using System.Buffers;
using System.Text;
using System.Text.Json.Serialization;

namespace Discovery.State;

public sealed partial class StateCodecsTests
{
    private static readonly IStateCodec<Sample> Json = StateCodecs.Json(SampleJson.Default.Sample);

    [Theory]
    [InlineData("", "")]
    [InlineData("tea", "746561")]
    [InlineData("ü€😀", "C3BCE282ACF09F9880")]
    public void Text_WrittenAndRead_IsUtf8(string value, string hex) => Check(StateCodecs.Text, value, hex);

    [Theory]
    [InlineData(0L, "0000000000000000")]
    [InlineData(-2L, "FFFFFFFFFFFFFFFE")]
    [InlineData(long.MaxValue, "7FFFFFFFFFFFFFFF")]
    public void Int64_WrittenAndRead_IsBigEndian(long value, string hex) => Check(StateCodecs.Int64, value, hex);

    [Theory]
    [InlineData(false, "00")]
    [InlineData(true, "01")]
    public void Boolean_WrittenAndRead_IsOneByte(bool value, string hex) => Check(StateCodecs.Boolean, value, hex);

    [Fact]
    public void Empty_WrittenAndRead_IsNothing() => Check(StateCodecs.Empty, default, "");

    [Fact]
    public void Json_WrittenAndRead_IsCompactWhateverTheOptionsSay() =>
        Check(Json, new Sample("a b", 3), Convert.ToHexString("""{"Name":"a b","Count":3}"""u8));

    [Fact]
    public void TryRead_MalformedBytes_IsFalse()
    {
        Assert.All([[0x80], [0xC3], [0xED, 0xA0, 0x80]], static (byte[] input) => Assert.False(StateCodecs.Text.TryRead(input, out _)));
        Assert.All([[], new byte[7], new byte[9]], static (byte[] input) => Assert.False(StateCodecs.Int64.TryRead(input, out _)));
        Assert.All([[], [2], [0, 0]], static (byte[] input) => Assert.False(StateCodecs.Boolean.TryRead(input, out _)));
        Assert.False(StateCodecs.Empty.TryRead([0], out _));
        Assert.All(
            ["", "null", "3", "{", """{"Name":"a","Count":"x"}""", """{"Name":"a","Count":-1}""", """{"Name":"a","Count":1}x"""],
            static text => Assert.False(Json.TryRead(Encoding.UTF8.GetBytes(text), out _)));
    }

    [Fact]
    public void Write_WhatCannotBeReadBack_Throws()
    {
        var output = new ArrayBufferWriter<byte>();

        Assert.Throws<ArgumentNullException>(() => StateCodecs.Text.Write(null!, output));
        Assert.Throws<EncoderFallbackException>(() => StateCodecs.Text.Write("\ud800", output));
        Assert.Throws<ArgumentNullException>(() => Json.Write(null!, output));
    }

    [Fact]
    public void StateKey_OfOnePart_IsWhatTheBuilderWrites()
    {
        Assert.Equal("746561" + "00", Convert.ToHexString(StateKey.Of("tea")));
        Assert.Equal("746561" + "00", Convert.ToHexString(StateKey.OfFolded("TEA")));
        Assert.Equal("0000000000000102", Convert.ToHexString(StateKey.Of(0x102)));
        Assert.Equal(1001, StateKey.Of(new string('x', 1000)).Length);
    }

    private static void Check<T>(IStateCodec<T> codec, T value, string hex)
    {
        var output = new ArrayBufferWriter<byte>();
        codec.Write(value, output);

        Assert.Equal(hex, Convert.ToHexString(output.WrittenSpan));
        Assert.True(codec.TryRead(output.WrittenSpan, out T? read));
        Assert.Equal(value, read);
    }

    internal sealed record Sample
    {
        public Sample(string name, int count)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(count);
            (Name, Count) = (name, count);
        }

        public string Name { get; }

        public int Count { get; }
    }

    [JsonSourceGenerationOptions(WriteIndented = true)]
    [JsonSerializable(typeof(Sample))]
    private sealed partial class SampleJson : JsonSerializerContext;
}
