using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Discovery.Peers.Http;

/// <summary>HTTP/1.1 over a connection for each request, so that targets and header names stay as they are written.</summary>
internal static class RawHttp
{
    public static async Task<RawReply> SendAsync(int port, RawRequest request, CancellationToken cancellationToken)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        client.NoDelay = true;
        NetworkStream stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encode(port, request), cancellationToken);
        }
        catch (IOException)
        {
            // A server may refuse a body before it has read it; its reply tells why.
        }

        using MemoryStream bytes = new();
        try
        {
            await stream.CopyToAsync(bytes, cancellationToken);
        }
        catch (IOException) when (bytes.Length > 0)
        {
            // Reset after the reply, because the server did not read all of the body.
        }

        return Parse(bytes.ToArray());
    }

    /// <summary>Reads a whole reply, up to the end of its connection.</summary>
    public static RawReply Parse(byte[] bytes)
    {
        int end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            throw new IOException($"no reply, but {bytes.Length} bytes: {Encoding.Latin1.GetString(bytes)}");
        }

        string[] lines = Encoding.UTF8.GetString(bytes, 0, end).Split("\r\n");
        int status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        if (status == (int)HttpStatusCode.Continue)
        {
            return Parse(bytes[(end + 4)..]);
        }

        List<(string Name, string Value)> headers =
            [.. lines.Skip(1).Select(line => line.Split(':', 2)).Select(pair => (pair[0], pair[1].Trim()))];
        byte[] body = bytes[(end + 4)..];
        RawReply reply = new(status, headers, body);
        if (reply.Header("Transfer-Encoding") == "chunked")
        {
            body = Unchunk(body);
        }

        if (reply.Header("Content-Encoding") == "gzip" && body.Length > 0)
        {
            using GZipStream gzip = new(new MemoryStream(body), CompressionMode.Decompress);
            using MemoryStream plain = new();
            gzip.CopyTo(plain);
            body = plain.ToArray();
        }

        return reply with { Body = body };
    }

    private static byte[] Encode(int port, RawRequest request)
    {
        byte[] body = Encoding.UTF8.GetBytes(request.Body ?? "");
        StringBuilder head = new($"{request.Method} {request.Target} HTTP/1.1\r\n");
        if (!request.Headers.Any(header => header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase)))
        {
            head.Append(CultureInfo.InvariantCulture, $"Host: 127.0.0.1:{port}\r\n");
        }

        foreach ((string name, string value) in request.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        if (request.Headers.Any(header => header is ("Transfer-Encoding", "chunked")))
        {
            body = Chunk(body);
        }
        else if (body.Length > 0 || request.Method is "PUT" or "POST")
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        }

        head.Append("Connection: close\r\n\r\n");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. body];
    }

    private static byte[] Chunk(byte[] body) => body.Length == 0
        ? [.. "0\r\n\r\n"u8]
        : [.. Encoding.ASCII.GetBytes($"{body.Length:x}\r\n"), .. body, .. "\r\n0\r\n\r\n"u8];

    private static byte[] Unchunk(byte[] bytes)
    {
        using MemoryStream body = new();
        for (int at = 0; at < bytes.Length;)
        {
            int line = bytes.AsSpan(at).IndexOf("\r\n"u8);
            int size = int.Parse(Encoding.ASCII.GetString(bytes, at, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return body.ToArray();
            }

            body.Write(bytes, at + line + 2, size);
            at += line + 2 + size + 2;
        }

        throw new IOException("a chunked body without its end");
    }
}
