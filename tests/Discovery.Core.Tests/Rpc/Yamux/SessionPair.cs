namespace Discovery.Rpc;

/// <summary>Two sessions, and the bytes between them.</summary>
internal sealed class SessionPair(YamuxLimits? limits = null)
{
    public YamuxSession Client { get; } = new(isClient: true, limits ?? new YamuxLimits());

    public YamuxSession Server { get; } = new(isClient: false, limits ?? new YamuxLimits());

    /// <summary>Brings everything to the other side, until nobody has more to say.</summary>
    public void Deliver()
    {
        while (Deliver(Client, Server) | Deliver(Server, Client))
        {
        }
    }

    public (YamuxStreamState Client, YamuxStreamState Server) Open()
    {
        YamuxStreamState client = Client.TryOpen()!;
        Deliver();
        YamuxStreamState server = Server.TryAccept()!;
        Deliver();
        return (client, server);
    }

    public static byte[] Take(YamuxSession session)
    {
        byte[] bytes = session.Output.WrittenSpan.ToArray();
        session.Output.Clear();
        return bytes;
    }

    public static string TakeHex(YamuxSession session) => Convert.ToHexStringLower(Take(session));

    public static byte[] Frame(
        YamuxType type, YamuxFlags flags, uint stream, uint length, ReadOnlySpan<byte> payload = default)
    {
        byte[] frame = new byte[YamuxHeader.Bytes + payload.Length];
        new YamuxHeader(type, flags, stream, length).Write(frame);
        payload.CopyTo(frame.AsSpan(YamuxHeader.Bytes));
        return frame;
    }

    private static bool Deliver(YamuxSession from, YamuxSession to)
    {
        byte[] bytes = Take(from);
        to.Receive(bytes);
        return bytes.Length > 0;
    }
}
