using System.Net.Security;
using System.Net.Sockets;

namespace Discovery.Health;

/// <summary>How a probe speaks TLS.</summary>
internal sealed record ProbeTls(bool SkipVerify, string? ServerName)
{
    public static ProbeTls From(CheckDefinition definition) =>
        new(definition.TlsSkipVerify, string.IsNullOrEmpty(definition.TlsServerName) ? null : definition.TlsServerName);

    public SslClientAuthenticationOptions Options(string host, params SslApplicationProtocol[] protocols)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = ServerName ?? host, AllowTlsResume = false };
        if (SkipVerify)
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }

        if (protocols.Length > 0)
        {
            options.ApplicationProtocols = [.. protocols];
        }

        return options;
    }

    /// <summary>Makes the handshake; the stream owns the socket.</summary>
    public async Task<SslStream> HandshakeAsync(
        Socket socket, string host, CancellationToken cancellationToken, params SslApplicationProtocol[] protocols)
    {
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(Options(host, protocols), cancellationToken);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
