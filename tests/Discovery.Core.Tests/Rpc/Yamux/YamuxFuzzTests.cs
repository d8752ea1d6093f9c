namespace Discovery.Rpc;

/// <summary>Bytes that nobody vouches for, and histories that nobody has thought of.</summary>
public sealed class YamuxFuzzTests
{
    private const int Seeds = 300;

    [Fact]
    public void Receive_AnyFramesInAnyPieces_KeepsItsBooks()
    {
        for (int seed = 1; seed <= Seeds; seed++)
        {
            var random = new Random(seed);
            var limits = new YamuxLimits { StreamsMax = 20, UnreadBytesMax = 400_000 };
            var session = new YamuxSession(isClient: false, limits);
            var accepted = new List<YamuxStreamState>();
            for (int step = 0; step < 200 && session.Failure is null; step++)
            {
                byte[] frames = [.. Enumerable.Range(0, random.Next(1, 5)).SelectMany(_ => RandomFrame(random))];
                if (random.Next(20) == 0)
                {
                    frames[random.Next(frames.Length)] = (byte)random.Next(256);
                }

                FeedInPieces(session, frames, random);
                Use(session, accepted, random);
                Check(session, accepted, limits, seed);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Streams_RandomHistories_CarryEachOthersBytesWhole(int first)
    {
        for (int seed = first * 1000; seed < (first * 1000) + 6; seed++)
        {
            var history = new YamuxHistory(seed);
            history.Run(steps: 200);
            Assert.True(history.BytesCarried > 0);
        }
    }

    [Fact]
    public void History_WithAByteLost_IsCaught()
    {
        var history = new YamuxHistory(seed: 7) { LosesAByte = true };
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => history.Run(steps: 200));
    }

    private static byte[] RandomFrame(Random random)
    {
        var type = (YamuxType)random.Next(random.Next(10) == 0 ? 4 : 2);
        YamuxFlags flags = random.Next(3) switch
        {
            0 => YamuxFlags.Syn,
            1 => 0,
            _ => (YamuxFlags)random.Next(16),
        };
        uint stream = (uint)random.Next(0, 24) | 1u;
        if (type != YamuxType.Data)
        {
            uint value = type == YamuxType.GoAway ? 0 : (uint)random.Next(100_000);
            return SessionPair.Frame(type, flags, type == YamuxType.WindowUpdate ? stream : 0, value);
        }

        byte[] payload = new byte[random.Next(random.Next(4) == 0 ? 60_000 : 40)];
        return SessionPair.Frame(type, flags & ~YamuxFlags.Syn, stream, (uint)payload.Length, payload);
    }

    private static void FeedInPieces(YamuxSession session, byte[] bytes, Random random)
    {
        for (int start = 0; start < bytes.Length;)
        {
            int count = Math.Min(bytes.Length - start, random.Next(1, random.Next(2) == 0 ? 5 : 20_000));
            session.Receive(bytes.AsSpan(start, count));
            start += count;
        }
    }

    private static void Use(YamuxSession session, List<YamuxStreamState> accepted, Random random)
    {
        if (session.TryAccept() is { } stream)
        {
            accepted.Add(stream);
        }

        if (accepted.Count == 0)
        {
            return;
        }

        YamuxStreamState one = accepted[random.Next(accepted.Count)];
        switch (random.Next(6))
        {
            case 0:
                session.Write(one, new byte[random.Next(1000)]);
                break;
            case 1:
                session.CloseWrite(one);
                break;
            case 2:
                session.Abandon(one);
                break;
            case 3:
                session.Reset(one);
                break;
            default:
                session.Read(one, new byte[random.Next(1, 200_000)]);
                break;
        }

        session.Output.Clear();
        session.Touched.Clear();
    }

    private static void Check(YamuxSession session, List<YamuxStreamState> accepted, YamuxLimits limits, int seed)
    {
        Assert.True(session.StreamCount <= limits.StreamsMax, $"seed {seed}: too many streams");
        Assert.InRange(session.UnreadBytes, 0, limits.UnreadBytesMax);
        foreach (YamuxStreamState stream in accepted)
        {
            Assert.InRange(stream.ReceiveWindow, 0, YamuxLimits.WindowBytes);
            Assert.True(
                stream.ReceiveWindow + stream.Consumed + stream.Unread.Count <= YamuxLimits.WindowBytes, $"seed {seed}: window lost");
        }
    }
}
