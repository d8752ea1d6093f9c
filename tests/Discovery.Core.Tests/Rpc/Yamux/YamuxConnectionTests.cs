using System.Net;
using Discovery.Testing;

namespace Discovery.Rpc;

/// <summary>Sessions over connections, on virtual time.</summary>
public sealed class YamuxConnectionTests
{
    private static readonly IPEndPoint s_remote = new(IPAddress.Loopback, 8300);

    [Fact]
    public void Stream_QuestionAndAnswer_ArriveWhole() => Run(async pair =>
    {
        Task echo = pair.EchoAsync();
        await using YamuxStream stream = await pair.Client.OpenAsync(default);
        byte[] question = RandomBytes(700_000, 1);
        Task writing = pair.Kernel.Start(async () =>
        {
            await stream.WriteAsync(question);
            stream.CompleteWriting();
        });
        Assert.Equal(question, await ReadToEndAsync(stream));
        await writing;
        Assert.Equal((0, 0), (pair.Client.StreamCount, pair.Server.StreamCount));
        pair.Client.GoAway();
        await pair.Client.DisposeAsync();
        await echo;
    });

    [Fact]
    public void Stream_PeerReadsSlowly_OthersAreServedMeanwhile() => Run(async pair =>
    {
        YamuxStream slow = await pair.Client.OpenAsync(default);
        YamuxStream slowServer = (await pair.Server.AcceptAsync(default))!;
        YamuxStream quick = await pair.Client.OpenAsync(default);
        YamuxStream quickServer = (await pair.Server.AcceptAsync(default))!;
        Task flood = pair.Kernel.Start(async () => await slow.WriteAsync(new byte[1_000_000]));
        await pair.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.False(flood.IsCompleted);

        await quick.WriteAsync("hello"u8.ToArray());
        byte[] read = new byte[5];
        await quickServer.ReadExactlyAsync(read);
        Assert.Equal("hello"u8.ToArray(), read);

        // Half a window every fifty seconds is slow, and not stalled.
        byte[] buffer = new byte[YamuxLimits.WindowBytes / 2];
        for (int taken = 0; taken < 1_000_000;)
        {
            await pair.Kernel.AdvanceAsync(TimeSpan.FromSeconds(50));
            int left = Math.Min(buffer.Length, 1_000_000 - taken);
            await slowServer.ReadExactlyAsync(buffer.AsMemory(0, left));
            taken += left;
        }

        await flood;
    });

    [Fact]
    public void Stream_PeerReadsNothing_IsResetAfterAMinute() => Run(async pair =>
    {
        YamuxStream stream = await pair.Client.OpenAsync(default);
        YamuxStream server = (await pair.Server.AcceptAsync(default))!;
        TimeSpan start = pair.Kernel.Time.Elapsed;
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await stream.WriteAsync(new byte[1_000_000]));
        Assert.Equal("The stream was reset: the peer has read nothing of it for 00:01:00", e.Message);
        Assert.Equal(TimeSpan.FromMinutes(1), pair.Kernel.Time.Elapsed - start);
        await pair.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<IOException>(async () => await server.ReadExactlyAsync(new byte[1]));
        Assert.True(pair.Client.IsOpen);
    });

    [Fact]
    public void Connection_PeerIsGoneWithoutAWord_EndsTenSecondsAfterThePing() => Run(async pair =>
    {
        YamuxStream stream = await pair.Client.OpenAsync(default);
        await pair.Server.AcceptAsync(default);
        pair.Wire.ToServer.Lose();
        pair.Wire.ToClient.Lose();
        TimeSpan start = pair.Kernel.Time.Elapsed;
        IOException e = await Assert.ThrowsAsync<IOException>(async () => await stream.ReadExactlyAsync(new byte[1]));
        Assert.Equal("The stream has ended: the peer has not answered a ping within 00:00:10", e.Message);
        Assert.Equal(TimeSpan.FromSeconds(40), pair.Kernel.Time.Elapsed - start);
        await pair.Client.Ended;
        await Assert.ThrowsAsync<IOException>(async () => await pair.Client.OpenAsync(default));
    });

    [Fact]
    public void Connection_Idle_PingsEveryThirtySecondsInBothDirections() => Run(async pair =>
    {
        pair.Wire.ToServer.Log = [];
        pair.Wire.ToClient.Log = [];
        await pair.Kernel.AdvanceAsync(TimeSpan.FromSeconds(61));
        const string First = "000200010000000000000000";
        Assert.Equal(2 * 2 * 12, pair.Wire.ToServer.Log.Count);
        Assert.Contains(First, Convert.ToHexStringLower([.. pair.Wire.ToServer.Log]), StringComparison.Ordinal);
        Assert.Contains(First, Convert.ToHexStringLower([.. pair.Wire.ToClient.Log]), StringComparison.Ordinal);
        Assert.True(pair.Client.IsOpen && pair.Server.IsOpen);
    });

    [Fact]
    public void Connection_PeerThatOnlyAsks_IsReadNoFurtherAndGivenUp()
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            var wire = new StreamPair();
            await using var server = new YamuxConnection(kernel.CreateRuntime(), new NodeConnection(wire.Server, s_remote), false);
            server.Start();
            byte[] pings = [.. Enumerable.Repeat(SessionPair.Frame(YamuxType.Ping, YamuxFlags.Syn, 0, 1), 5000).SelectMany(static p => p)];
            Task asking = kernel.Start(async () =>
            {
                while (true)
                {
                    await wire.Client.WriteAsync(pings);
                }
            });
            await server.Ended;
            Assert.Equal("the peer has taken nothing for 00:00:10", server.Failure);
            await server.DisposeAsync();
            await Assert.ThrowsAsync<IOException>(() => asking);
        });
    }

    [Fact]
    public void Streams_TenThousandAtOnce_AreAllAnswered() => Run(async pair =>
    {
        const int Count = 10_000;
        Task echo = pair.EchoAsync();
        var streams = new List<YamuxStream>(Count);
        for (int i = 0; i < Count; i++)
        {
            streams.Add(await pair.Client.OpenAsync(default));
        }

        Assert.Equal(Count, pair.Client.StreamCount);
        for (int i = 0; i < Count; i++)
        {
            await streams[i].WriteAsync(BitConverter.GetBytes(i));
            streams[i].CompleteWriting();
        }

        for (int i = Count - 1; i >= 0; i--)
        {
            Assert.Equal(i, BitConverter.ToInt32(await ReadToEndAsync(streams[i])));
            await streams[i].DisposeAsync();
        }

        await pair.Kernel.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal((0, 0), (pair.Client.StreamCount, pair.Server.StreamCount));
        pair.Client.GoAway();
        await pair.Client.DisposeAsync();
        await echo;
    });

    [Fact]
    public void Writers_CancelledWhileTheyWaitForRoom_LeaveItToTheOthers() => Run(async pair =>
    {
        Task echo = pair.EchoAsync(sink: true);
        using var cancel = new CancellationTokenSource();
        var writers = new List<Task>();
        for (int i = 0; i < 40; i++)
        {
            YamuxStream stream = await pair.Client.OpenAsync(default);
            CancellationToken token = i % 2 == 0 ? cancel.Token : default;
            writers.Add(pair.Kernel.Start(async () => await stream.WriteAsync(new byte[200_000], token)));
        }

        await Task.Yield();
        await cancel.CancelAsync();
        for (int i = 0; i < writers.Count; i++)
        {
            if (i % 2 != 0)
            {
                await writers[i];
            }
        }

        Assert.Contains(writers, static one => one.IsCanceled);
        Assert.True(pair.Kernel.Time.Elapsed < TimeSpan.FromSeconds(1));
    });

    [Fact]
    public void Dispose_WhileStreamsAreOpen_TellsThePeerAndAllWhoWait() => Run(async pair =>
    {
        YamuxStream stream = await pair.Client.OpenAsync(default);
        YamuxStream server = (await pair.Server.AcceptAsync(default))!;
        Task reading = pair.Kernel.Start(async () => await server.ReadExactlyAsync(new byte[1]));
        Task<YamuxStream?> accepting = pair.Kernel.Start(() => pair.Server.AcceptAsync(default).AsTask());

        // All that the server has to say is said: otherwise it may be its own write that finds the connection closed.
        await pair.Kernel.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        await pair.Client.DisposeAsync();
        Assert.Null(await accepting);
        await Assert.ThrowsAsync<IOException>(() => reading);
        await Assert.ThrowsAsync<IOException>(async () => await stream.WriteAsync(new byte[1]));
        Assert.Equal("the peer has closed the connection", pair.Server.Failure);
    });

    [Fact]
    public void Open_PeerAcknowledgesNothing_WaitsAndGoesOnWhenItDoes() => Run(async pair =>
    {
        for (int i = 0; i < YamuxLimits.BacklogMax; i++)
        {
            await pair.Client.OpenAsync(default);
        }

        Task<YamuxStream> waiting = pair.Kernel.Start(() => pair.Client.OpenAsync(default).AsTask());
        await pair.Kernel.AdvanceAsync(TimeSpan.FromSeconds(20));
        Assert.False(waiting.IsCompleted);
        Assert.NotNull(await pair.Server.AcceptAsync(default));
        Assert.Equal(513u, (await waiting).State.Id);
    });

    private static void Run(Func<ConnectionPair, Task> body)
    {
        for (int seed = 1; seed <= 3; seed++)
        {
            var kernel = new SimulationKernel(seed);
            kernel.Run(async () =>
            {
                var pair = new ConnectionPair(kernel, s_remote);
                await body(pair);
                await pair.Client.DisposeAsync();
                await pair.Server.DisposeAsync();
            });
        }
    }

    private static byte[] RandomBytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadToEndAsync(YamuxStream stream)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[10_000];
        while (await stream.ReadAsync(buffer) is var count and > 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }
}
