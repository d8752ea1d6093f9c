using System.Buffers.Binary;
using System.Text;
using Discovery.Wire;

namespace Discovery.Shared.Tests;

public class LZ4CodecTests(PythonOracle oracle) : IClassFixture<PythonOracle>
{
    [Theory]
    [InlineData("", "00")]
    [InlineData("a", "1061")]
    [InlineData("abcdefghijkl", "c06162636465666768696a6b6c")]
    [InlineData("aaaaaaaaaaaaaaaaaaaa", "1a610100506161616161")]
    public void Encode_SmallInput_GivesBytesOfTheFormat(string text, string hex)
    {
        byte[] source = Encoding.ASCII.GetBytes(text);
        Assert.Equal(hex, Convert.ToHexStringLower(Encode(source)));
        Assert.Equal(source, Decode(Convert.FromHexString(hex), source.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("f0")]
    [InlineData("f0ff")]
    [InlineData("1061ff")]
    [InlineData("106101")]
    [InlineData("10610100")]
    [InlineData("1161000050626262626262")]
    [InlineData("1161020050626262626262")]
    [InlineData("01")]
    [InlineData("1161")]
    public void Decode_MalformedBlock_GivesMinusOne(string hex) => Assert.Null(Decode(Convert.FromHexString(hex), 100));

    [Fact]
    public void Decode_EndlessLength_StopsAtTheTarget()
    {
        var block = new byte[100_000];
        Array.Fill(block, (byte)0xff);
        Assert.Null(Decode(block, 64));
        block[0] = 0x1f;
        block[2] = 1;
        block[3] = 0;
        Assert.Null(Decode(block, 64));
    }

    [Fact]
    public void Encode_EveryLengthAndKind_RoundtripsExactlyAndObeysTheEndRules()
    {
        foreach (byte[] source in Inputs())
        {
            byte[] block = Encode(source);
            Assert.Equal(source, Decode(block, source.Length));
            AssertEndRules(block, source.Length);
            Assert.True(block.Length <= LZ4Codec.MaximumOutputSize(source.Length));
        }
    }

    [Fact]
    public void EncodeDecode_TargetOneByteShort_GivesMinusOneAndTouchesNothingBeyond()
    {
        foreach (byte[] source in Inputs().Where(s => s.Length < 5000))
        {
            byte[] block = Encode(source);
            var tight = new byte[block.Length];
            Assert.Equal(block.Length, LZ4Codec.Encode(source, tight));
            Assert.Equal(block, tight);
            var guarded = new byte[block.Length + 32];
            Array.Fill(guarded, (byte)0xa5);
            Assert.Equal(-1, LZ4Codec.Encode(source, guarded.AsSpan(0, block.Length - 1)));
            Assert.All(guarded[(block.Length - 1)..], b => Assert.Equal(0xa5, b));
            if (source.Length > 0)
            {
                Assert.Null(Decode(block, source.Length - 1));
            }
        }
    }

    [Fact]
    public void Encode_RepetitiveRows_ShrinksThem()
    {
        byte[] rows = Rows(new Random(1), 100_000);
        Assert.InRange(Encode(rows).Length, 1, rows.Length / 2);
        Assert.InRange(Encode(new byte[1_000_000]).Length, 1, 4_000);
    }

    [SkippableFact]
    public void Encode_AnyInput_LiblzDecodesIt()
    {
        oracle.Require();
        List<byte[]> inputs = [.. Inputs()];
        List<byte[]> asked = [.. inputs.Select(i => Sized(i.Length, Encode(i)))];
        List<byte[]> answers = oracle.Ask('d', asked);
        Assert.Equal(inputs.Count, answers.Count);
        for (int i = 0; i < inputs.Count; i++)
        {
            Assert.Equal((byte)'+', answers[i][0]);
            Assert.True(answers[i].AsSpan(1).SequenceEqual(inputs[i]));
        }
    }

    [SkippableFact]
    public void Decode_BlocksOfLiblz_GivesTheInput()
    {
        oracle.Require();
        List<byte[]> inputs = [.. Inputs().Where(i => i.Length > 0)];
        List<byte[]> blocks = oracle.Ask('c', inputs);
        Assert.Equal(inputs.Count, blocks.Count);
        for (int i = 0; i < inputs.Count; i++)
        {
            Assert.Equal(inputs[i], Decode(blocks[i], inputs[i].Length));
        }
    }

    [SkippableFact]
    public void Decode_DamagedBlocks_NeverContradictsLiblz()
    {
        oracle.Require();
        var random = new Random(11);
        var asked = new List<byte[]>();
        var ours = new List<byte[]?>();
        for (int i = 0; i < 5000; i++)
        {
            byte[] source = Rows(random, random.Next(1, 300));
            byte[] block = Mutation.Apply(random, Encode(source), []);
            if (block.Length > 0)
            {
                ours.Add(Decode(block, source.Length));
                asked.Add(Sized(source.Length, block));
            }
        }

        List<byte[]> answers = oracle.Ask('d', asked);
        int agreed = 0;
        for (int i = 0; i < asked.Count; i++)
        {
            if (ours[i] is not null && answers[i][0] == '+')
            {
                Assert.True(answers[i].AsSpan(1).SequenceEqual(ours[i]));
                agreed++;
            }
        }

        Assert.InRange(agreed, 100, 5000);
    }

    private static IEnumerable<byte[]> Inputs()
    {
        var random = new Random(5);
        for (int length = 0; length <= 300; length++)
        {
            yield return new byte[length];
            yield return Noise(random, length, 256);
            yield return Noise(random, length, 2);
            yield return Rows(random, length);
        }

        foreach (int length in (int[])[1000, 4095, 65535, 65536, 65537, 70000, 300_000])
        {
            yield return new byte[length];
            yield return Noise(random, length, 256);
            yield return Noise(random, length, 3);
            yield return Rows(random, length);

            // The second half repeats the first from a distance around the largest that the format can say.
            byte[] half = Noise(random, length, 256);
            yield return [.. half, .. half];
        }
    }

    private static byte[] Noise(Random random, int length, int alphabet) =>
        [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next(alphabet))];

    private static byte[] Rows(Random random, int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            text.Append("web-").Append(random.Next(50)).Append("|node-").Append(random.Next(1000))
                .Append("|passing|10.0.0.").Append(random.Next(256));
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }

    private static byte[] Encode(byte[] source)
    {
        var target = new byte[LZ4Codec.MaximumOutputSize(source.Length)];
        int length = LZ4Codec.Encode(source, target);
        Assert.InRange(length, 1, target.Length);
        return target[..length];
    }

    // Decodes between two guards, so that a write outside the target is seen.
    private static byte[]? Decode(byte[] block, int length)
    {
        var guarded = new byte[length + 64];
        Array.Fill(guarded, (byte)0xa5);
        int written = LZ4Codec.Decode(block, guarded.AsSpan(32, length));
        Assert.InRange(written, -1, length);
        Assert.False(guarded.AsSpan(0, 32).ContainsAnyExcept((byte)0xa5));
        Assert.False(guarded.AsSpan(32 + length).ContainsAnyExcept((byte)0xa5));
        return written < 0 ? null : guarded[32..(32 + written)];
    }

    private static byte[] Sized(int size, byte[] block)
    {
        var item = new byte[4 + block.Length];
        BinaryPrimitives.WriteInt32BigEndian(item, size);
        block.CopyTo(item, 4);
        return item;
    }

    private static void AssertEndRules(byte[] block, int size)
    {
        int input = 0;
        int output = 0;
        while (true)
        {
            int token = block[input++];
            int literals = Length(block, ref input, token >> 4);
            input += literals;
            output += literals;
            if (input == block.Length)
            {
                Assert.Equal(0, token & 15);
                Assert.Equal(size, output);
                Assert.True(output == literals || literals >= 5);
                return;
            }

            input += 2;
            Assert.True(output <= size - 12);
            output += 4 + Length(block, ref input, token & 15);
        }
    }

    private static int Length(byte[] block, ref int input, int nibble)
    {
        int length = nibble;
        if (nibble == 15)
        {
            do
            {
                length += block[input];
            }
            while (block[input++] == 255);
        }

        return length;
    }
}
