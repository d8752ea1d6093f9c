using System.Runtime.InteropServices;
using System.Text;

namespace Discovery.Infrastructure;

public sealed class JsonBufferTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("\n\r\t\b\f\u0001\u001f", "\"\\n\\r\\t\\u0008\\u000c\\u0001\\u001f\"")]
    [InlineData("<a>&'", "\"\\u003ca\\u003e\\u0026'\"")]
    [InlineData("ü漢😀\u2028\u2029\u007f", "\"ü漢😀\\u2028\\u2029\u007f\"")]
    public void String_OfAnyText_IsWhatGoWrites(string text, string json)
    {
        using var buffer = new JsonBuffer(16);

        Assert.Equal(json, Encoding.UTF8.GetString(buffer.String(text).Written));
    }

    [Fact]
    public void String_WithHalfASurrogatePair_HasTheReplacementEscaped()
    {
        using var buffer = new JsonBuffer(16);

        Assert.Equal("\"x\\ufffdy\\ufffd\"", Encoding.UTF8.GetString(buffer.String("x\ud800y\ude00").Written));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1.5, "1.5")]
    [InlineData(-0.25, "-0.25")]
    [InlineData(0.00001, "0.00001")]
    [InlineData(0.000001234, "0.000001234")]
    [InlineData(0.00000012, "1.2e-7")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(1.234567e19, "12345670000000000000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(-1.5e300, "-1.5e+300")]
    [InlineData(123456789.125, "123456789.125")]
    public void Number_OfADouble_IsWhatGoWrites(double value, string json)
    {
        using var buffer = new JsonBuffer(16);

        Assert.Equal(json, Encoding.UTF8.GetString(buffer.Number(value).Written));
    }

    [Fact]
    public void Dispose_OfManyLargeBuffers_KeepsFewOfThem()
    {
        List<byte[]> first = Fill();
        List<byte[]> second = Fill();

        // Four of their size, and four of the next.
        Assert.InRange(second.Count(array => first.Any(earlier => ReferenceEquals(earlier, array))), 0, 8);

        static List<byte[]> Fill()
        {
            var buffers = new List<JsonBuffer>();
            var arrays = new List<byte[]>();
            for (int i = 0; i < 16; i++)
            {
                var buffer = new JsonBuffer(16);
                buffers.Add(buffer.Raw(new byte[4 * 1024 * 1024]));
                Assert.True(MemoryMarshal.TryGetArray(buffer.WrittenMemory, out ArraySegment<byte> written));
                arrays.Add(written.Array!);
            }

            buffers.ForEach(static buffer => buffer.Dispose());
            return arrays;
        }
    }

    [Fact]
    public void Map_OutOfOrder_IsPutInOrder()
    {
        using var buffer = new JsonBuffer(16);
        buffer.Map(new Dictionary<string, string> { ["b"] = "1", ["B"] = "2", ["a"] = "3" }).Map(new Dictionary<string, string>());

        Assert.Equal("{\"B\":\"2\",\"a\":\"3\",\"b\":\"1\"}{}", Encoding.UTF8.GetString(buffer.Written));
    }

    [Fact]
    public void Indent_OfNestedJson_IsWhatGoWrites()
    {
        byte[] json = Encoding.UTF8.GetBytes("{\"a\":[],\"b\":{},\"c\":[1,{\"d\":\"x,{\\\"\"}],\"e\":null}");

        using JsonBuffer indented = JsonIndent.Indent(json);

        Assert.Equal(
            "{\n    \"a\": [],\n    \"b\": {},\n    \"c\": [\n        1,\n        {\n            \"d\": \"x,{\\\"\"\n        }\n    ],\n"
            + "    \"e\": null\n}\n",
            Encoding.UTF8.GetString(indented.Written));
    }
}
