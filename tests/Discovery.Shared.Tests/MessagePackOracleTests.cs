using System.Buffers.Binary;
using System.Text;
using Discovery.Wire;

namespace Discovery.Shared.Tests;

/// <summary>Our MessagePack against Python's, both ways, in the new and in the old spec.</summary>
public class MessagePackOracleTests(PythonOracle oracle) : IClassFixture<PythonOracle>
{
    [SkippableTheory]
    [InlineData('n', false)]
    [InlineData('o', true)]
    public void Write_RandomValues_PythonReadsTheSameAndPacksTheSameBytes(char letter, bool oldSpec)
    {
        oracle.Require();
        var random = new Random(1);
        var texts = new List<string>();
        var packed = new List<byte[]>();
        using var buffer = new WireBuffer();
        for (int i = 0; i < 5000; i++)
        {
            buffer.Clear();
            var text = new StringBuilder();
            var writer = new MessagePackWriter(buffer) { OldSpec = oldSpec };
            MessagePackText.Make(random, text, ref writer);
            writer.Flush();
            texts.Add(text.ToString());
            packed.Add(buffer.WrittenSpan.ToArray());
        }

        foreach (int size in (int[])[65535, 65536, 70000])
        {
            buffer.Clear();
            var writer = new MessagePackWriter(buffer) { OldSpec = oldSpec };
            writer.WriteArrayHeader(2);
            writer.Write(new string('q', size));
            writer.Write(new byte[size]);
            writer.Flush();
            texts.Add($"[{(oldSpec ? 'b' : 's')}{string.Concat(Enumerable.Repeat("71", size))},b{new string('0', 2 * size)}]");
            packed.Add(buffer.WrittenSpan.ToArray());
        }

        List<byte[]> answers = oracle.Ask(letter, packed);
        Assert.Equal(2 * packed.Count, answers.Count);
        for (int i = 0; i < packed.Count; i++)
        {
            Assert.Equal(texts[i], Encoding.UTF8.GetString(answers[2 * i]));
            Assert.Equal(Convert.ToHexString(packed[i]), Convert.ToHexString(answers[(2 * i) + 1]));
        }
    }

    [SkippableTheory]
    [InlineData('N', false)]
    [InlineData('O', true)]
    public void Read_ValuesMadeByPython_GivesTheSameAndRewritesTheSameBytes(char letter, bool oldSpec)
    {
        oracle.Require();
        var ask = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(ask, 7);
        BinaryPrimitives.WriteInt32BigEndian(ask.AsSpan(4), 5000);
        List<byte[]> answers = oracle.Ask(letter, [ask]);
        Assert.Equal(10_000, answers.Count);
        using var buffer = new WireBuffer();
        for (int i = 0; i < answers.Count; i += 2)
        {
            buffer.Clear();
            var reader = new MessagePackReader(answers[i]) { OldSpec = oldSpec };
            var copy = new MessagePackWriter(buffer) { OldSpec = oldSpec };
            var text = new StringBuilder();
            Assert.True(MessagePackText.TryDescribe(ref reader, text, ref copy));
            copy.Flush();
            Assert.True(reader.End);
            Assert.Equal(Encoding.UTF8.GetString(answers[i + 1]), text.ToString());
            Assert.Equal(Convert.ToHexString(answers[i]), Convert.ToHexString(buffer.WrittenSpan));
        }
    }
}
