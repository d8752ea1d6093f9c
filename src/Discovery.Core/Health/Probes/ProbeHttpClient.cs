using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Discovery.Health;

/// <summary>Makes the HTTP client of a single run: no pool, proxy, cookies or decompression.</summary>
/// <remarks>
/// The client makes its TLS handshakes itself, because <see cref="SocketsHttpHandler"/> takes the server's name from the Host header or
/// the URL whatever its options say; a redirect gets the name of its own host, unless the check gives one.
/// </remarks>
internal static class ProbeHttpClient
{
    private const int RedirectsMax = 10;

    public static HttpMessageInvoker Create(ProbeTls tls, TimeProvider time, Version version, bool redirects = false)
    {
        SslApplicationProtocol protocol = version == HttpVersion.Version20 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11;
        return new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = redirects,
            MaxAutomaticRedirections = RedirectsMax,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = async (context, cancellationToken) =>
            {
                var target = new HostPort(context.DnsEndPoint.Host, context.DnsEndPoint.Port);
                Socket socket = await ProbeSocket.ConnectAsync(target, time, cancellationToken);
                return context.InitialRequestMessage.RequestUri!.Scheme == Uri.UriSchemeHttps
                    ? await tls.HandshakeAsync(socket, target.Host, cancellationToken, protocol)
                    : new NetworkStream(socket, ownsSocket: true);
            },
        });
    }
}
