using System.Net;
using System.Net.Sockets;

namespace Discovery.Health;

/// <summary>Opens TCP connections to names with several addresses: the next address is tried while the one before still hangs.</summary>
internal static class ProbeSocket
{
    private const int AddressesMax = 8;
    private static readonly TimeSpan s_headStart = TimeSpan.FromMilliseconds(250);

    public static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = IPAddress.TryParse(host, out IPAddress? literal)
            ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        return addresses.Length == 0
            ? throw new SocketException((int)SocketError.HostNotFound) : addresses[..Math.Min(addresses.Length, AddressesMax)];
    }

    /// <summary>Connects; on failure throws what the first address said.</summary>
    public static async Task<Socket> ConnectAsync(HostPort target, TimeProvider time, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await ResolveAsync(target.Host, cancellationToken);
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var attempts = new List<Task<Socket>>();
        try
        {
            Exception? first = null;
            int next = 0;
            while (true)
            {
                if (next < addresses.Length)
                {
                    attempts.Add(ConnectOneAsync(new IPEndPoint(addresses[next++], target.Port), losers.Token));
                }

                if (attempts.Count == 0)
                {
                    throw first!;
                }

                Task<Task<Socket>> any = Task.WhenAny(attempts);
                if (next < addresses.Length && await Task.WhenAny(any, Task.Delay(s_headStart, time, losers.Token)) != any)
                {
                    continue;
                }

                Task<Socket> done = await any;
                attempts.Remove(done);
                if (done.IsCompletedSuccessfully)
                {
                    return done.Result;
                }

                cancellationToken.ThrowIfCancellationRequested();
                first ??= done.Exception?.InnerException ?? new SocketException((int)SocketError.OperationAborted);
            }
        }
        finally
        {
            losers.Cancel();
            foreach (Task<Socket> attempt in attempts)
            {
                _ = DiscardAsync(attempt);
            }
        }
    }

    private static async Task<Socket> ConnectOneAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task DiscardAsync(Task<Socket> attempt)
    {
        try
        {
            (await attempt).Dispose();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It lost anyway.
        }
    }
}
