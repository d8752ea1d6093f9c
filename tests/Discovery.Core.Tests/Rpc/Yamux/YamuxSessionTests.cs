namespace Discovery.Rpc;

/// <summary>The session's rules, byte by byte.</summary>
public sealed class YamuxSessionTests
{
    private const string Leader = "82a353657101ad536572766963654d6574686f64ad5374617475732e4c6561646572";

    [Fact]
    public void Open_AsCaptured_SaysTheSameBytes()
    {
        var client = new YamuxSession(isClient: true, new YamuxLimits());
        YamuxStreamState stream = client.TryOpen()!;
        Assert.Equal("000100010000000100000000", SessionPair.TakeHex(client));
        byte[] header = Convert.FromHexString(Leader);
        Assert.Equal(header.Length, client.Write(stream, header));
        Assert.Equal("000000000000000100000022" + Leader, SessionPair.TakeHex(client));
        client.Ping();
        Assert.Equal("000200010000000000000000", SessionPair.TakeHex(client));
    }

    [Fact]
    public void Accept_AsCaptured_SaysTheSameBytes()
    {
        var server = new YamuxSession(isClient: false, new YamuxLimits());
        Assert.True(server.Receive(Convert.FromHexString("000100010000000100000000" + "000000000000000100000022" + Leader)));
        YamuxStreamState stream = server.TryAccept()!;
        Assert.Equal("000100020000000100000000", SessionPair.TakeHex(server));
        byte[] read = new byte[100];
        Assert.Equal(0x22, server.Read(stream, read));
        Assert.Equal(Leader, Convert.ToHexStringLower(read.AsSpan(0, 0x22)));
        Assert.Empty(SessionPair.Take(server));
        Assert.True(server.Receive(Convert.FromHexString("000200010000000000000007")));
        Assert.Equal("000200020000000000000007", SessionPair.TakeHex(server));
    }

    [Fact]
    public void Open_IdsOfBothSides_AreOddAndEven()
    {
        var pair = new SessionPair();
        Assert.Equal([1u, 3u, 5u], Enumerable.Range(0, 3).Select(_ => pair.Client.TryOpen()!.Id));
        Assert.Equal([2u, 4u, 6u], Enumerable.Range(0, 3).Select(_ => pair.Server.TryOpen()!.Id));
    }

    [Fact]
    public void Write_MoreThanTheWindow_StopsAndGoesOnWhenHalfWasRead()
    {
        var pair = new SessionPair();
        (YamuxStreamState client, YamuxStreamState server) = pair.Open();
        byte[] bytes = new byte[YamuxLimits.WindowBytes];
        Assert.Equal(YamuxLimits.WindowBytes, WriteAll(pair, client, bytes));
        Assert.Equal(0, pair.Client.Write(client, bytes));

        byte[] half = new byte[YamuxLimits.WindowBytes / 2];
        Assert.Equal(half.Length - 1, pair.Server.Read(server, half.AsSpan(1)));
        Assert.Empty(SessionPair.Take(pair.Server));
        Assert.Equal(1, pair.Server.Read(server, half.AsSpan(0, 1)));
        Assert.Equal("000100000000000100020000", Convert.ToHexStringLower(pair.Server.Output.WrittenSpan));
        pair.Deliver();
        Assert.Equal((uint)half.Length, client.SendWindow);
        Assert.Equal(half.Length, WriteAll(pair, client, bytes));
        Assert.Null(pair.Server.Failure);
    }

    [Fact]
    public void Read_WhileAFrameIsHalfHere_GivesNoWindowForWhatWasNotRead()
    {
        var pair = new SessionPair();
        (YamuxStreamState _, YamuxStreamState server) = pair.Open();
        pair.Server.Receive(SessionPair.Frame(YamuxType.Data, 0, 1, 200_000, new byte[10]));
        Assert.Equal(10, pair.Server.Read(server, new byte[100]));
        Assert.Empty(SessionPair.Take(pair.Server));
        Assert.Equal(YamuxLimits.WindowBytes - 200_000, server.ReceiveWindow);
    }

    [Theory]
    [InlineData(YamuxLimits.WindowBytes + 1, "receive window exceeded: 262145 bytes where 262144 are free")]
    [InlineData(400_000, "receive window exceeded: 400000 bytes where 262144 are free")]
    public void Receive_MoreThanTheWindow_EndsTheSession(uint length, string reason)
    {
        var pair = new SessionPair();
        (YamuxStreamState _, YamuxStreamState server) = pair.Open();
        Assert.False(pair.Server.Receive(SessionPair.Frame(YamuxType.Data, 0, 1, length)));
        Assert.Equal(reason, pair.Server.Failure);
        Assert.True(server.IsReset);
        Assert.Equal("000300000000000000000001", SessionPair.TakeHex(pair.Server));
    }

    [Theory]
    [InlineData("010000000000000100000000", "version 1, type 0 is no frame of yamux")]
    [InlineData("000400000000000100000000", "version 0, type 4 is no frame of yamux")]
    [InlineData("000000000000000000000000", "a Data frame of stream 0")]
    [InlineData("000100010000000200000000", "stream 2 is opened by the side it does not belong to, or twice")]
    [InlineData("000100010000000100000000", "stream 1 is opened by the side it does not belong to, or twice")]
    [InlineData("0001000000000001ffffffff", "a window of more than 4294967295 bytes")]
    public void Receive_WhatNoPeerSends_EndsTheSessionWithAGoAway(string frame, string reason)
    {
        var pair = new SessionPair();
        pair.Open();
        Assert.False(pair.Server.Receive(Convert.FromHexString(frame)));
        Assert.Equal(reason, pair.Server.Failure);
        Assert.Equal("000300000000000000000001", SessionPair.TakeHex(pair.Server));
        Assert.False(pair.Server.Receive(Convert.FromHexString("000200010000000000000007")));
        Assert.Empty(SessionPair.Take(pair.Server));
    }

    [Fact]
    public void Receive_DataOfAnUnknownStream_IsDiscarded()
    {
        var pair = new SessionPair();
        (YamuxStreamState _, YamuxStreamState server) = pair.Open();
        byte[] bytes =
        [
            .. SessionPair.Frame(YamuxType.Data, 0, 99, 5, "hello"u8),
            .. SessionPair.Frame(YamuxType.WindowUpdate, YamuxFlags.Fin, 99, 7),
            .. SessionPair.Frame(YamuxType.Data, 0, 1, 2, "ok"u8),
        ];
        Assert.True(pair.Server.Receive(bytes));
        byte[] read = new byte[10];
        Assert.Equal(2, pair.Server.Read(server, read));
        Assert.Equal("ok"u8.ToArray(), read[..2]);
        Assert.Empty(SessionPair.Take(pair.Server));
    }

    [Fact]
    public void Receive_FinWithData_IsTheEndAfterTheData()
    {
        var pair = new SessionPair();
        (YamuxStreamState _, YamuxStreamState server) = pair.Open();
        pair.Server.Receive(SessionPair.Frame(YamuxType.Data, YamuxFlags.Fin, 1, 4, "by"u8));
        Assert.False(server.IsRemoteClosed);
        pair.Server.Receive("e."u8);
        Assert.True(server.IsRemoteClosed);
        Assert.True(YamuxSession.IsReadable(server));
        Assert.Equal(4, pair.Server.Read(server, new byte[9]));
        Assert.True(YamuxSession.IsReadable(server));
        Assert.Equal(0, pair.Server.Read(server, new byte[9]));
    }

    [Fact]
    public void Close_ByBoth_ForgetsTheStream()
    {
        var pair = new SessionPair();
        (YamuxStreamState client, YamuxStreamState server) = pair.Open();
        pair.Client.CloseWrite(client);
        pair.Deliver();
        Assert.True(server.IsRemoteClosed);
        Assert.Equal(3, pair.Server.Write(server, "abc"u8));
        pair.Server.CloseWrite(server);
        pair.Deliver();
        Assert.Equal((0, 0), (pair.Client.StreamCount, pair.Server.StreamCount));
        Assert.Equal(3, pair.Client.Read(client, new byte[9]));
    }

    [Fact]
    public void Reset_OfOneSide_CutsTheOther()
    {
        var pair = new SessionPair();
        (YamuxStreamState client, YamuxStreamState server) = pair.Open();
        pair.Client.Write(client, "abc"u8);
        pair.Deliver();
        pair.Client.Reset(client);
        Assert.Equal("000100080000000100000000", Convert.ToHexStringLower(pair.Client.Output.WrittenSpan));
        pair.Deliver();
        Assert.True(server.IsReset);
        Assert.Equal((0, 0, 0), (pair.Server.UnreadBytes, pair.Client.StreamCount, pair.Server.StreamCount));
        Assert.Equal(0, pair.Server.Write(server, "x"u8));
    }

    [Fact]
    public void Abandon_PeerGoesOnWriting_IsReset()
    {
        var pair = new SessionPair();
        (YamuxStreamState client, YamuxStreamState server) = pair.Open();
        pair.Server.Abandon(server);
        pair.Deliver();
        Assert.True(client.IsRemoteClosed);
        Assert.Equal(1, pair.Server.StreamCount);
        Assert.Equal(1, pair.Client.Write(client, "x"u8));
        pair.Deliver();
        Assert.True(client.IsReset);
        Assert.Equal(0, pair.Server.StreamCount);
    }

    [Fact]
    public void Abandon_PeersThatNeverClose_TheOldestAreReset()
    {
        var pair = new SessionPair();
        YamuxStreamState first = Abandoned(pair);
        for (int i = 0; i < YamuxLimits.BacklogMax; i++)
        {
            Assert.False(first.IsReset);
            Abandoned(pair);
        }

        Assert.True(first.IsReset);
        Assert.Equal(YamuxLimits.BacklogMax, pair.Server.StreamCount);
    }

    [Fact]
    public void Open_MoreThanTheBacklog_WaitsForAcknowledgements()
    {
        var pair = new SessionPair();
        for (int i = 0; i < YamuxLimits.BacklogMax; i++)
        {
            Assert.NotNull(pair.Client.TryOpen());
        }

        Assert.Null(pair.Client.TryOpen());
        pair.Deliver();
        Assert.Equal(YamuxLimits.BacklogMax, pair.Server.IncomingCount);
        Assert.NotNull(pair.Server.TryAccept());
        pair.Deliver();
        Assert.NotNull(pair.Client.TryOpen());
        Assert.Null(pair.Client.TryOpen());
    }

    [Fact]
    public void Receive_MoreOpeningsThanTheBacklog_AreReset()
    {
        var server = new YamuxSession(isClient: false, new YamuxLimits());
        for (uint i = 0; i <= YamuxLimits.BacklogMax; i++)
        {
            Assert.True(server.Receive(SessionPair.Frame(YamuxType.WindowUpdate, YamuxFlags.Syn, (2 * i) + 1, 0)));
        }

        Assert.Equal("000100080000020100000000", SessionPair.TakeHex(server));
        Assert.Equal(YamuxLimits.BacklogMax, server.IncomingCount);
    }

    [Fact]
    public void Receive_MoreStreamsThanTheLimit_AreReset()
    {
        var pair = new SessionPair(new YamuxLimits { StreamsMax = 2 });
        pair.Open();
        pair.Open();
        pair.Server.Receive(SessionPair.Frame(YamuxType.Data, YamuxFlags.Syn, 101, 3, "abc"u8));
        Assert.Equal("000100080000006500000000", SessionPair.TakeHex(pair.Server));
        Assert.Null(pair.Server.Failure);
    }

    [Fact]
    public void Receive_MoreUnreadThanTheLimit_EndsTheSession()
    {
        var pair = new SessionPair(new YamuxLimits { UnreadBytesMax = 300_000 });
        (YamuxStreamState first, YamuxStreamState _) = pair.Open();
        (YamuxStreamState second, YamuxStreamState _) = pair.Open();
        WriteAll(pair, first, new byte[YamuxLimits.WindowBytes]);
        WriteAll(pair, second, new byte[100_000]);
        Assert.Equal("more than 300000 bytes of the peer wait to be read", pair.Server.Failure);
        Assert.Equal("the peer has failed", pair.Client.Failure);
    }

    [Fact]
    public void GoAway_OpenStreams_GoOnAndNewOnesAreNotTaken()
    {
        var pair = new SessionPair();
        (YamuxStreamState client, YamuxStreamState server) = pair.Open();
        pair.Server.GoAway();
        pair.Deliver();
        Assert.Equal(YamuxGoAway.Normal, pair.Client.RemoteGoAway);
        Assert.Null(pair.Client.TryOpen());
        Assert.Equal(1, pair.Client.Write(client, "x"u8));
        pair.Deliver();
        Assert.Equal(1, pair.Server.Read(server, new byte[9]));
    }

    [Fact]
    public void Ping_AnsweredByAnotherNumber_StaysUnanswered()
    {
        var pair = new SessionPair();
        pair.Client.Ping();
        SessionPair.Take(pair.Client);
        pair.Client.Receive(SessionPair.Frame(YamuxType.Ping, YamuxFlags.Ack, 0, 5));
        Assert.Equal(1u, pair.Client.UnansweredPings);
        pair.Client.Receive(SessionPair.Frame(YamuxType.Ping, YamuxFlags.Ack, 0, 0));
        Assert.Equal(0u, pair.Client.UnansweredPings);
    }

    private static YamuxStreamState Abandoned(SessionPair pair)
    {
        (YamuxStreamState _, YamuxStreamState server) = pair.Open();
        pair.Server.Abandon(server);
        pair.Deliver();
        return server;
    }

    private static int WriteAll(SessionPair pair, YamuxStreamState stream, ReadOnlySpan<byte> bytes)
    {
        int written = 0;
        while (pair.Client.Write(stream, bytes[written..]) is var count and > 0)
        {
            written += count;
            pair.Deliver();
        }

        return written;
    }
}
