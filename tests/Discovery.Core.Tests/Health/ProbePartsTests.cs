using System.Text;

namespace Discovery.Health;

public class ProbePartsTests
{
    [Fact]
    public void TailBuffer_RandomWrites_KeepsExactlyTheLastBytes()
    {
        var random = new Random(7);
        for (int round = 0; round < 2000; round++)
        {
            int capacity = random.Next(1, 700);
            var tail = new TailBuffer(capacity);
            var all = new StringBuilder();
            for (int writes = random.Next(8); writes > 0; writes--)
            {
                string part = new([.. Enumerable.Range(0, random.Next(400)).Select(_ => (char)random.Next(33, 127))]);
                all.Append(part);
                tail.Write(Encoding.ASCII.GetBytes(part));
            }

            string expected = all.ToString();
            Assert.Equal(expected.Length, tail.Total);
            expected = expected[^Math.Min(capacity, expected.Length)..];
            Assert.Equal(expected, tail.Text());
            Assert.Equal(
                all.Length > capacity ? $"Captured {capacity} of {all.Length} bytes\n...\n{expected}" : expected, tail.Captured());
        }
    }

    [Fact]
    public void TailBuffer_CutWithinACharacter_LeavesItOut()
    {
        var tail = new TailBuffer(4);
        tail.Write("x\u20ac\u20ac"u8);

        Assert.Equal("\u20ac", tail.Text());
    }

    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abc", 2, "ab")]
    [InlineData("a\u20acb", 3, "a")]
    [InlineData("a\u20acb", 4, "a\u20ac")]
    [InlineData("\ud83d\ude00x", 3, "")]
    [InlineData("\ud83d\ude00x", 4, "\ud83d\ude00")]
    public void Head_AnyText_EndsOnACharacter(string text, int max, string expected) => Assert.Equal(expected, CheckText.Head(text, max));

    [Fact]
    public void Request_GrpcHealth_IsPrefixAndField()
    {
        Assert.Equal("0000000000", Convert.ToHexString(GrpcHealthMessage.Request("")));
        Assert.Equal("00000000050A03646273", Convert.ToHexString(GrpcHealthMessage.Request("dbs")));
        byte[] longer = GrpcHealthMessage.Request(new string('a', 300));
        Assert.Equal("000000012F0AAC02", Convert.ToHexString(longer.AsSpan(0, 8)));
    }

    [Theory]
    [InlineData("00000000020801", 1)]
    [InlineData("00000000020802", 2)]
    [InlineData("0000000000", 0)]
    [InlineData("0000000007120361626308017F", -1)]
    [InlineData("00000000071203616263" + "0801", 1)]
    [InlineData("000000000B1D00000000" + "0801" + "1203616263", -1)]
    [InlineData("010000000208010000", -1)]
    [InlineData("000000000208", -1)]
    [InlineData("00000000020881", -1)]
    [InlineData("0000", -1)]
    public void TryReadReply_Bytes_GivesStatusOrFalse(string hex, int expected) =>
        Assert.Equal(expected, GrpcHealthMessage.TryReadReply(Convert.FromHexString(hex), out int status) ? status : -1);

    [Fact]
    public void TryReadReply_RandomBytes_NeverThrows()
    {
        var random = new Random(11);
        for (int i = 0; i < 200_000; i++)
        {
            var data = new byte[random.Next(24)];
            random.NextBytes(data);
            if (data.Length >= 5 && random.Next(4) > 0)
            {
                data[0] = data[1] = data[2] = data[3] = 0;
                data[4] = (byte)(data.Length - 5);
            }

            GrpcHealthMessage.TryReadReply(data, out _);
        }
    }

    [Fact]
    public async Task PingAsync_RandomFrames_EndsInAResultOrTheEndOfTheStream()
    {
        var random = new Random(13);
        int ended = 0;
        int passed = 0;
        for (int i = 0; i < 5000; i++)
        {
            var frames = new List<byte> { 0, 0, 0, 4, 0, 0, 0, 0, 0 };
            for (int n = random.Next(6); n > 0; n--)
            {
                byte[] body = random.Next(3) == 0 ? "discover"u8.ToArray() : new byte[random.Next(20)];
                frames.AddRange([0, 0, (byte)body.Length, (byte)random.Next(10), (byte)random.Next(2), 0, 0, 0, (byte)random.Next(2)]);
                frames.AddRange(body);
            }

            if (random.Next(2) == 0)
            {
                frames[random.Next(frames.Count)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                passed += (await H2PingCheckProbe.PingAsync(new Duplex([.. frames]), default)).Status == CheckStatus.Passing ? 1 : 0;
            }
            catch (EndOfStreamException)
            {
                ended++;
            }
        }

        Assert.InRange(ended, 1000, 4999);
        Assert.InRange(passed, 10, 1000);
    }

    [Fact]
    public void DeadlineHeap_RandomOperations_AgreesWithASortedModel()
    {
        var random = new Random(5);
        var heap = new DeadlineHeap<Item>();
        Item[] items = [.. Enumerable.Range(0, 60).Select(_ => new Item())];
        var model = new Dictionary<Item, TimeSpan>();
        for (int i = 0; i < 50_000; i++)
        {
            Item item = items[random.Next(items.Length)];
            if (random.Next(4) == 0)
            {
                heap.Set(item, null);
                model.Remove(item);
            }
            else
            {
                TimeSpan at = TimeSpan.FromSeconds(random.Next(100));
                heap.Set(item, at);
                model[item] = at;
            }

            Assert.Equal(model.Count, heap.Count);
            Assert.Equal(model.Count == 0 ? null : model.Values.Min(), heap.Peek()?.Deadline);
        }

        while (heap.Peek() is { } next)
        {
            Assert.Equal(model.Values.Min(), next.Deadline);
            heap.Remove(next);
            model.Remove(next);
        }

        Assert.Empty(model);
    }

    private sealed class Item : DeadlineItem;

    /// <summary>Reads what it was given and forgets what is written.</summary>
    private sealed class Duplex(byte[] data) : MemoryStream(data, writable: false)
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;
    }
}
