using Discovery.Protocol;

namespace Discovery.Transport;

public sealed class FrameTests
{
    private const int MessageBytesMax = 4 * 1024 * 1024;
    private static readonly VoterId s_from = Messages.Id(1);
    private static readonly VoterId s_to = Messages.Id(2);

    [Fact]
    public void Frames_OfAnything_ComeOutAsTheyWentIn()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            var queue = new SendQueue(1000, long.MaxValue);
            List<string> slow = [];
            List<string> quick = [];
            for (int i = 0; i < 40; i++)
            {
                if (random.Next(2) == 0)
                {
                    RaftMessage beat = Messages.Beat(s_from, s_to, (ulong)i);
                    quick.Add(Messages.Text(beat));
                    Assert.True(queue.TryAdd(beat, 64, Lane.Quick));
                }
                else
                {
                    byte[][] bodies = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Body(random))];
                    RaftMessage append = Messages.Append(s_from, s_to, (ulong)i, bodies);
                    slow.Add(Messages.Text(append));
                    Assert.True(queue.TryAdd(append, 64, Lane.Slow));
                }
            }

            (List<string> read, ReassemblyBudget budget) = Read(Write(queue), random);
            Assert.Equal(slow, read.Where(static text => text.StartsWith("AppendRequest", StringComparison.Ordinal)));
            Assert.Equal(quick, read.Where(static text => text.StartsWith("Heartbeat", StringComparison.Ordinal)));
            Assert.Equal(0, budget.Used);
        }
    }

    [Fact]
    public void Frames_HeartbeatBehindALargeEntry_GoesAfterOnePiece()
    {
        var queue = new SendQueue(1000, long.MaxValue);
        using var writer = new FrameWriter(queue, int.MaxValue);
        queue.TryAdd(Messages.Append(s_from, s_to, 1, new byte[1_000_000]), 1_000_000, Lane.Slow);
        Assert.Equal(FrameFormat.FrameBytesMax, writer.Fill().Length);
        queue.TryAdd(Messages.Beat(s_from, s_to, 1), 64, Lane.Quick);
        ReadOnlyMemory<byte> next = writer.Fill();
        Assert.Equal((byte)FrameType.Message, next.Span[7]);
        Assert.Equal((byte)FrameType.Message | FrameFormat.SlowLane | FrameFormat.More, next.Span[FrameFormat.HeaderBytes + 25 + 7]);
        Assert.InRange(next.Length, FrameFormat.FrameBytesMax, 2 * FrameFormat.FrameBytesMax);
    }

    [Fact]
    public void Frames_OfZeros_AreCompressed()
    {
        var queue = new SendQueue(10, long.MaxValue);
        queue.TryAdd(Messages.Append(s_from, s_to, 1, new byte[60_000]), 64, Lane.Slow);
        Assert.InRange(Write(queue).Length, 100, 1000);
    }

    [Fact]
    public void Heartbeat_Framed_HasThePinnedBytes()
    {
        var queue = new SendQueue(10, long.MaxValue);
        queue.TryAdd(Messages.Beat(s_from, s_to, 9), 64, Lane.Quick);
        Assert.Equal(
            "1900000204" + "0500000000000000" + "0200000000000000" + "0900000000000000", Convert.ToHexString(Write(queue))[8..]);
    }

    [Fact]
    public void TryRead_AnyBitFlipped_IsNeverReadAsSomethingElse()
    {
        var queue = new SendQueue(10, long.MaxValue);
        queue.TryAdd(Messages.Append(s_from, s_to, 1, "value"u8.ToArray()), 64, Lane.Slow);
        byte[] frame = Write(queue);
        for (int bit = 0; bit < frame.Length * 8; bit++)
        {
            byte[] damaged = [.. frame];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            using FrameReader reader = Reader();
            damaged.CopyTo(reader.Free);
            reader.Advance(damaged.Length);
            Assert.False(reader.TryRead(out _, out _));

            // Either it says so, or it waits for the rest of a longer frame.
            Assert.True(reader.Failure is not null || bit / 8 is >= 4 and < 7, $"bit {bit}");
        }
    }

    [Fact]
    public void TryRead_AnyBytes_KeepsItsBounds()
    {
        for (int seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var budget = new ReassemblyBudget(300_000);
            var reader = new FrameReader(200_000, budget);
            for (int frame = 0; frame < 50 && reader.Failure is null; frame++)
            {
                Feed(reader, RandomFrame(random), random);
                Assert.InRange(budget.Used, 0, 200_000);
            }

            reader.Dispose();
            Assert.Equal(0, budget.Used);
        }
    }

    [Fact]
    public void TryRead_MoreThanAMessageMayHave_SaysSo()
    {
        using FrameReader reader = Reader();
        var random = new Random(1);
        while (reader.Failure is null)
        {
            Feed(reader, Frame(FrameType.Message, FrameFormat.SlowLane | FrameFormat.More, new byte[60_000]), random);
        }

        Assert.Equal("a message of more than 4194304 bytes", reader.Failure);
    }

    [Fact]
    public void TryRead_MoreThanTheBudgetOfAll_SaysSo()
    {
        var budget = new ReassemblyBudget(100_000);
        using var reader = new FrameReader(MessageBytesMax, budget);
        using var other = new FrameReader(MessageBytesMax, budget);
        byte[] part = Frame(FrameType.Message, FrameFormat.SlowLane | FrameFormat.More, new byte[60_000]);
        Feed(reader, part, new Random(1));
        Feed(other, part, new Random(1));
        Assert.Equal((null, "more half-received messages than there is room for"), (reader.Failure, other.Failure));
        Assert.Equal(60_000, budget.Used);
    }

    private static byte[] Body(Random random)
    {
        byte[] body = random.Next(2) == 0 ? new byte[random.Next(2000)] : Messages.Bytes(random.Next(200), random.Next());
        return random.Next(8) == 0 ? Messages.Bytes(random.Next(300_000), random.Next()) : body;
    }

    private static byte[] Write(SendQueue queue)
    {
        using var writer = new FrameWriter(queue, 1024);
        List<byte> all = [];
        while (writer.Fill() is { IsEmpty: false } bytes)
        {
            all.AddRange(bytes.Span);
        }

        return [.. all];
    }

    private static FrameReader Reader() => new(MessageBytesMax, new ReassemblyBudget(MessageBytesMax));

    private static (List<string> Texts, ReassemblyBudget Budget) Read(byte[] bytes, Random random)
    {
        var budget = new ReassemblyBudget(MessageBytesMax);
        using var reader = new FrameReader(MessageBytesMax, budget);
        List<string> texts = [];
        for (int at = 0; at < bytes.Length;)
        {
            Memory<byte> free = reader.Free;
            int count = Math.Min(Math.Min(free.Length, bytes.Length - at), random.Next(1, 100_000));
            bytes.AsSpan(at, count).CopyTo(free.Span);
            reader.Advance(count);
            at += count;
            while (reader.TryRead(out FrameType type, out ReadOnlyMemory<byte> content))
            {
                Assert.Equal(FrameType.Message, type);
                Assert.True(MessageCodec.TryRead(content.Span, s_from, s_to, out RaftMessage? message));
                texts.Add(Messages.Text(message!));
            }

            Assert.Null(reader.Failure);
        }

        return (texts, budget);
    }

    private static void Feed(FrameReader reader, byte[] bytes, Random random)
    {
        for (int at = 0; at < bytes.Length && reader.Failure is null;)
        {
            Memory<byte> free = reader.Free;
            Assert.False(free.IsEmpty);
            int count = Math.Min(Math.Min(free.Length, bytes.Length - at), random.Next(1, 50_000));
            bytes.AsSpan(at, count).CopyTo(free.Span);
            reader.Advance(count);
            at += count;
            while (reader.TryRead(out _, out _))
            {
            }
        }
    }

    private static byte[] RandomFrame(Random random)
    {
        if (random.Next(10) == 0)
        {
            return Messages.Bytes(random.Next(1, 200), random.Next());
        }

        byte flags = (byte)(random.Next(8) << 5);
        byte[] content = random.Next(2) == 0 ? new byte[random.Next(65_000)] : Messages.Bytes(random.Next(65_000), random.Next());
        return Frame((FrameType)random.Next(1, 9), (byte)(random.Next(4) == 0 ? flags : flags & ~FrameFormat.Compressed), content);
    }

    private static byte[] Frame(FrameType type, byte flags, byte[] content)
    {
        using var into = new Wire.WireBuffer();
        content.CopyTo(FrameFormat.Begin(into, content.Length, out int start));
        FrameFormat.End(into, start, type, flags, null);
        return into.WrittenSpan.ToArray();
    }
}
