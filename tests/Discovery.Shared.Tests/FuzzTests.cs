using System.Buffers;
using System.Text;
using Discovery.Wire;

namespace Discovery.Shared.Tests;

/// <summary>A kept corpus, damaged the same way every time: no exception, bounded output, exact roundtrips.</summary>
public class FuzzTests
{
    private const int Rounds = 60_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MessagePackReader_DamagedCorpus_AgreesWithMeasureAndRoundtrips(bool oldSpec)
    {
        byte[][] corpus = [.. Mutation.Corpus("messagepack.hex").Select(Convert.FromHexString)];
        var random = new Random(21);
        int accepted = 0;
        using var buffer = new WireBuffer(bytesMax: 1 << 20);
        for (int i = 0; i < Rounds; i++)
        {
            byte[] seed = corpus[i % corpus.Length];
            byte[] input = i < corpus.Length ? seed : Mutation.Apply(random, seed, corpus[random.Next(corpus.Length)]);
            var text = new StringBuilder();
            bool whole = TryRewrite(input, oldSpec, buffer, text, out int consumed);
            OperationStatus measured = MessagePackFrame.Measure(input, out int length);
            Assert.Equal(whole, measured == OperationStatus.Done);
            if (!whole)
            {
                Assert.Equal(0, length);
                continue;
            }

            accepted++;
            Assert.Equal(consumed, length);
            byte[] copy = buffer.WrittenSpan.ToArray();
            Assert.InRange(copy.Length, 1, 5 * length);
            var again = new StringBuilder();
            Assert.True(TryRewrite(copy, oldSpec, buffer, again, out int copied));
            Assert.Equal(copy.Length, copied);
            Assert.Equal(text.ToString(), again.ToString());
            Assert.True(buffer.WrittenSpan.SequenceEqual(copy));

            // Every proper beginning of a value is a value cut short.
            int cut = random.Next(length);
            Assert.Equal(OperationStatus.NeedMoreData, MessagePackFrame.Measure(input.AsSpan(0, cut), out _));
        }

        Assert.InRange(accepted, Rounds / 10, Rounds);
    }

    [Fact]
    public void MessagePackReader_EveryReadOnDamagedCorpus_MovesOnlyWhenItSucceeds()
    {
        byte[][] corpus = [.. Mutation.Corpus("messagepack.hex").Select(Convert.FromHexString)];
        var random = new Random(22);
        var scratch = new byte[16];
        for (int i = 0; i < Rounds; i++)
        {
            byte[] input = Mutation.Apply(random, corpus[i % corpus.Length], []);
            for (int read = 0; read < 23; read++)
            {
                var reader = new MessagePackReader(input) { OldSpec = (i & 1) != 0 };
                bool done = Read(ref reader, read, scratch);
                Assert.InRange(reader.Consumed, done ? 1 : 0, done ? input.Length : 0);
            }
        }
    }

    [Fact]
    public void LZ4Decode_DamagedCorpus_StaysInItsTarget()
    {
        byte[][] corpus = [.. Mutation.Corpus("lz4.hex").Select(Convert.FromHexString)];
        var random = new Random(23);
        var memory = new byte[2048];
        var block = new byte[LZ4Codec.MaximumOutputSize(memory.Length)];
        int accepted = 0;
        for (int i = 0; i < Rounds; i++)
        {
            byte[] seed = corpus[i % corpus.Length];
            byte[] input = i < corpus.Length ? seed : Mutation.Apply(random, seed, corpus[random.Next(corpus.Length)]);
            int size = i < corpus.Length ? 1500 : random.Next(1500);
            Array.Fill(memory, (byte)0xa5);
            int written = LZ4Codec.Decode(input, memory.AsSpan(64, size));
            Assert.InRange(written, -1, size);
            Assert.False(memory.AsSpan(0, 64).ContainsAnyExcept((byte)0xa5));
            Assert.False(memory.AsSpan(64 + size).ContainsAnyExcept((byte)0xa5));
            if (written >= 0)
            {
                accepted++;
                byte[] plain = memory.AsSpan(64, written).ToArray();
                int length = LZ4Codec.Encode(plain, block);
                Assert.Equal(written, LZ4Codec.Decode(block.AsSpan(0, length), memory));
                Assert.True(memory.AsSpan(0, written).SequenceEqual(plain));
            }
        }

        Assert.InRange(accepted, Rounds / 20, Rounds);
    }

    [Fact]
    public void GoDuration_DamagedCorpus_ParsesOrRefusesAndFormatsBack()
    {
        string[] corpus = Mutation.Corpus("goduration.txt");
        var random = new Random(24);
        int accepted = 0;
        for (int i = 0; i < Rounds; i++)
        {
            byte[] seed = Encoding.Latin1.GetBytes(corpus[i % corpus.Length]);
            string text = Encoding.Latin1.GetString(
                Mutation.Apply(random, seed, Encoding.Latin1.GetBytes(corpus[random.Next(corpus.Length)])));
            if (GoDuration.TryParseNanoseconds(text, out long nanoseconds))
            {
                accepted++;
                string printed = GoDuration.FormatNanoseconds(nanoseconds);
                Assert.InRange(printed.Length, 2, GoDuration.LengthMax);
                Assert.True(GoDuration.TryParseNanoseconds(printed, out long again));
                Assert.Equal(nanoseconds, again);
            }
        }

        Assert.InRange(accepted, Rounds / 20, Rounds);
    }

    private static bool TryRewrite(byte[] input, bool oldSpec, WireBuffer buffer, StringBuilder text, out int consumed)
    {
        buffer.Clear();
        var reader = new MessagePackReader(input) { OldSpec = oldSpec };
        var copy = new MessagePackWriter(buffer) { OldSpec = oldSpec };
        bool whole = MessagePackText.TryDescribe(ref reader, text, ref copy);
        copy.Flush();
        consumed = reader.Consumed;
        return whole;
    }

    private static bool Read(ref MessagePackReader reader, int which, byte[] scratch) => which switch
    {
        0 => reader.TryReadNil(),
        1 => reader.TryReadBoolean(out _),
        2 => reader.TryReadByte(out _),
        3 => reader.TryReadUInt16(out _),
        4 => reader.TryReadUInt32(out _),
        5 => reader.TryReadUInt64(out _),
        6 => reader.TryReadInt16(out _),
        7 => reader.TryReadInt32(out _),
        8 => reader.TryReadInt64(out _),
        9 => reader.TryReadSingle(out _),
        10 => reader.TryReadDouble(out _),
        11 => reader.TryReadStringSpan(out _),
        12 => reader.TryReadString(out _),
        13 => reader.TryReadBytes(out _),
        14 => reader.TryReadArrayHeader(out _),
        15 => reader.TryReadMapHeader(out _),
        16 => reader.TryReadExtensionFormatHeader(out _),
        17 => reader.TryReadExtensionFormat(out _, out _),
        18 => reader.TryReadTimestamp(out _, out _),
        19 => reader.TryReadDateTime(out _),
        20 => reader.TryCopyBytes(scratch, out _),
        21 => reader.TryReadRaw(out _),
        _ => reader.TrySkip(3),
    };
}
