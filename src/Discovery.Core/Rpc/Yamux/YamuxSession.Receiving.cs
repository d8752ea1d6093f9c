namespace Discovery.Rpc;

/// <content>What the peer says.</content>
internal sealed partial class YamuxSession
{
    private readonly byte[] _header = new byte[YamuxHeader.Bytes];
    private int _headerFilled;
    private uint _payloadLeft;
    private YamuxStreamState? _payloadStream;
    private bool _endsWithPayload;

    /// <summary>Takes what was received, in pieces of any size.</summary>
    /// <returns>False when the session has ended.</returns>
    public bool Receive(ReadOnlySpan<byte> bytes)
    {
        while (Failure is null && !bytes.IsEmpty)
        {
            int taken = _payloadLeft > 0 ? TakePayload(bytes) : TakeHeader(bytes);
            bytes = bytes[taken..];
        }

        return Failure is null;
    }

    private int TakePayload(ReadOnlySpan<byte> bytes)
    {
        int count = (int)Math.Min((uint)bytes.Length, _payloadLeft);
        _payloadLeft -= (uint)count;
        if (_payloadStream is { IsReset: false, IsAbandoned: false } stream)
        {
            if (_unreadBytes + count > _limits.UnreadBytesMax)
            {
                Fail(YamuxGoAway.InternalError, $"more than {_limits.UnreadBytesMax} bytes of the peer wait to be read");
                return count;
            }

            stream.Unread.Append(bytes[..count]);
            _unreadBytes += count;
            Touched.Add(stream);
        }

        if (_payloadLeft == 0)
        {
            EndPayload();
        }

        return count;
    }

    private void EndPayload()
    {
        if (_endsWithPayload && _payloadStream is { } stream)
        {
            RemoteCloses(stream);
        }

        (_payloadStream, _endsWithPayload) = (null, false);
    }

    private int TakeHeader(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, YamuxHeader.Bytes - _headerFilled);
        bytes[..count].CopyTo(_header.AsSpan(_headerFilled));
        _headerFilled += count;
        if (_headerFilled == YamuxHeader.Bytes)
        {
            _headerFilled = 0;
            if (YamuxHeader.TryRead(_header, out YamuxHeader header))
            {
                Take(header);
            }
            else
            {
                Fail(YamuxGoAway.ProtocolError, $"version {_header[0]}, type {_header[1]} is no frame of yamux");
            }
        }

        return count;
    }

    private void Take(in YamuxHeader header)
    {
        switch (header.Type)
        {
            case YamuxType.Ping:
                TakePing(header);
                break;
            case YamuxType.GoAway:
                TakeGoAway(header);
                break;
            default:
                TakeStreamFrame(header);
                break;
        }
    }

    private void TakePing(in YamuxHeader header)
    {
        if (header.Has(YamuxFlags.Syn))
        {
            Send(YamuxType.Ping, YamuxFlags.Ack, 0, header.Length);
        }
        else if (header.Has(YamuxFlags.Ack) && header.Length == _nextPing - 1)
        {
            UnansweredPings = 0;
        }
    }

    private void TakeGoAway(in YamuxHeader header)
    {
        RemoteGoAway = (YamuxGoAway)header.Length;
        if (header.Length != (uint)YamuxGoAway.Normal)
        {
            End(header.Length == (uint)YamuxGoAway.ProtocolError ? "the peer has met a protocol error" : "the peer has failed");
        }
    }

    private void TakeStreamFrame(in YamuxHeader header)
    {
        if (header.StreamId == 0)
        {
            Fail(YamuxGoAway.ProtocolError, $"a {header.Type} frame of stream 0");
            return;
        }

        if (header.Has(YamuxFlags.Syn) && !TryTakeOpening(header.StreamId))
        {
            return;
        }

        _streams.TryGetValue(header.StreamId, out YamuxStreamState? stream);
        if (stream is not null && header.Has(YamuxFlags.Ack))
        {
            Acknowledge(stream);
        }

        if (stream is not null && header.Has(YamuxFlags.Rst))
        {
            CutOff(stream);
            stream = null;
        }

        if (header.Type == YamuxType.Data)
        {
            TakeData(header, stream);
        }
        else if (stream is not null)
        {
            TakeWindow(header, stream);
        }
    }

    private void TakeData(in YamuxHeader header, YamuxStreamState? stream)
    {
        int window = stream?.ReceiveWindow ?? YamuxLimits.WindowBytes;
        if (header.Length > (uint)window)
        {
            Fail(YamuxGoAway.ProtocolError, $"receive window exceeded: {header.Length} bytes where {window} are free");
            return;
        }

        if (stream is { IsRemoteClosed: true } or { IsAbandoned: true } && header.Length > 0)
        {
            // Nobody reads it, or it comes after its own end.
            Reset(stream);
            stream = null;
        }

        if (stream is not null)
        {
            stream.ReceiveWindow -= (int)header.Length;
        }

        (_payloadStream, _payloadLeft) = (stream, header.Length);
        _endsWithPayload = header.Has(YamuxFlags.Fin);
        if (_payloadLeft == 0)
        {
            EndPayload();
        }
    }

    private void TakeWindow(in YamuxHeader header, YamuxStreamState stream)
    {
        if (header.Length > uint.MaxValue - stream.SendWindow)
        {
            Fail(YamuxGoAway.ProtocolError, $"a window of more than {uint.MaxValue} bytes");
            return;
        }

        stream.SendWindow += header.Length;
        Touched.Add(stream);
        if (header.Has(YamuxFlags.Fin))
        {
            RemoteCloses(stream);
        }
    }

    private bool TryTakeOpening(uint id)
    {
        bool isClients = id % 2 == 1;
        if (isClients == _isClient || _streams.ContainsKey(id))
        {
            Fail(YamuxGoAway.ProtocolError, $"stream {id} is opened by the side it does not belong to, or twice");
            return false;
        }

        if (IsGoing || _incoming.Count >= YamuxLimits.BacklogMax || _streams.Count >= _limits.StreamsMax)
        {
            // What follows for it is of an unknown stream.
            Send(YamuxType.WindowUpdate, YamuxFlags.Rst, id, 0);
            return true;
        }

        var stream = new YamuxStreamState(id);
        _streams.Add(id, stream);
        _incoming.Enqueue(stream);
        return true;
    }

    private void RemoteCloses(YamuxStreamState stream)
    {
        if (stream.IsReset)
        {
            return;
        }

        stream.IsRemoteClosed = true;
        Touched.Add(stream);
        RemoveWhenClosed(stream);
    }
}
