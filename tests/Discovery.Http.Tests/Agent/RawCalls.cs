using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Discovery.Infrastructure;

namespace Discovery.Agent;

/// <summary>Requests whose target is sent exactly as it is written.</summary>
internal static class RawCalls
{
    /// <summary>The status and the body of the reply.</summary>
    public static async Task<(int Status, string Body)> CallAsync(
        this ApiHost host, string target, string method = "GET", string headers = "", string body = "")
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", host.Port);
        NetworkStream stream = socket.GetStream();
        string length = body.Length > 0 ? $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n" : "";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{host.Port}\r\nConnection: close\r\n{length}{headers}\r\n{body}"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        string reply = await reader.ReadToEndAsync();
        return (
            int.Parse(reply.AsSpan(9, 3), CultureInfo.InvariantCulture),
            reply[(reply.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }
}
