namespace Discovery.Rpc;

/// <summary>Two sessions that open, write, read and close by a seed, over a wire that delivers pieces of any size.</summary>
internal sealed class YamuxHistory(int seed)
{
    private readonly Random _random = new(seed);
    private readonly SessionPair _pair = new();
    private readonly List<byte> _toServer = [];
    private readonly List<byte> _toClient = [];
    private readonly List<Carried> _carried = [];
    private readonly Dictionary<uint, Carried> _byId = [];

    /// <summary>The bug that the test plants: one byte of a stream is taken out and not compared.</summary>
    public bool LosesAByte { get; init; }

    public long BytesCarried { get; private set; }

    public void Run(int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            Step();
        }

        // Whatever is on its way arrives, and everything is read.
        foreach (Carried one in _carried)
        {
            _pair.Client.CloseWrite(one.Client);
        }

        while (Deliver(int.MaxValue) | Read())
        {
        }

        Assert.All(_carried.Where(static one => one.Server is not null), static one => Assert.Equal(one.Written, one.Read));
        Assert.Null(_pair.Client.Failure);
        Assert.Null(_pair.Server.Failure);
    }

    private void Step()
    {
        switch (_random.Next(6))
        {
            case 0 when _pair.Client.TryOpen() is { } client:
                var opened = new Carried(client);
                _carried.Add(opened);
                _byId.Add(client.Id, opened);
                break;
            case 1 or 2 when _carried.Count > 0:
                Write(_carried[_random.Next(_carried.Count)]);
                break;
            case 3:
                Read();
                break;
            default:
                Deliver(_random.Next(1, 50_000));
                break;
        }
    }

    private void Write(Carried one)
    {
        byte[] bytes = new byte[_random.Next(1, 90_000)];
        _random.NextBytes(bytes);
        int count = _pair.Client.Write(one.Client, bytes);
        one.Written += count;
        for (int i = 0; i < count; i++)
        {
            one.Expected.Enqueue(bytes[i]);
        }
    }

    private bool Read()
    {
        bool hasRead = false;
        if (_pair.Server.TryAccept() is { } accepted)
        {
            _byId[accepted.Id].Server = accepted;
            hasRead = true;
        }

        byte[] buffer = new byte[_random.Next(1, 100_000)];
        foreach (Carried one in _carried.Where(static one => one.Server is not null))
        {
            int count = _pair.Server.Read(one.Server!, buffer);
            for (int i = 0; i < count; i++)
            {
                byte expected = one.Expected.Dequeue();
                if (LosesAByte && BytesCarried == 1000)
                {
                    expected = one.Expected.Dequeue();
                }

                BytesCarried++;
                one.Read++;
                Assert.Equal(expected, buffer[i]);
            }

            hasRead |= count > 0;
        }

        return hasRead;
    }

    private bool Deliver(int most)
    {
        _toServer.AddRange(SessionPair.Take(_pair.Client));
        _toClient.AddRange(SessionPair.Take(_pair.Server));
        return Deliver(_toServer, _pair.Server, most) | Deliver(_toClient, _pair.Client, most);
    }

    private static bool Deliver(List<byte> wire, YamuxSession to, int most)
    {
        int count = Math.Min(wire.Count, most);
        to.Receive(wire.GetRange(0, count).ToArray());
        wire.RemoveRange(0, count);
        return count > 0;
    }

    private sealed record Carried(YamuxStreamState Client)
    {
        public YamuxStreamState? Server { get; set; }

        public Queue<byte> Expected { get; } = [];

        public long Written { get; set; }

        public long Read { get; set; }
    }
}
