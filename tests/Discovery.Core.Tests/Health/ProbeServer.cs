using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Discovery.Health;

/// <summary>Small real servers on loopback: Kestrel for what speaks HTTP well, a bare listener for what does not.</summary>
internal sealed class ProbeServer : IAsyncDisposable
{
    private readonly Func<ValueTask> _stop;

    private ProbeServer(int port, Func<ValueTask> stop)
    {
        Port = port;
        _stop = stop;
    }

    public static X509Certificate2 Certificate { get; } = CreateCertificate();

    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    public static async Task<ProbeServer> HttpAsync(
        RequestDelegate app, HttpProtocols protocols = HttpProtocols.Http1, X509Certificate2? tls = null, Action<string?>? askedFor = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            if (tls is not null)
            {
                listen.UseHttps(https => https.ServerCertificateSelector = (_, name) =>
                {
                    askedFor?.Invoke(name);
                    return tls;
                });
            }
        }));
        if (tls is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        WebApplication host = builder.Build();
        host.Run(app);
        await host.StartAsync();
        string address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new ProbeServer(new Uri(address).Port, async () =>
        {
            using var now = new CancellationTokenSource();
            now.Cancel();
            await host.StopAsync(now.Token);
            await host.DisposeAsync();
        });
    }

    /// <summary>A listener that gives each connection to <paramref name="talk"/>; what that throws ends the connection only.</summary>
    public static ProbeServer Raw(Func<NetworkStream, CancellationToken, Task> talk)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var stop = new CancellationTokenSource();
        Task loop = AcceptAsync();
        return new ProbeServer(((IPEndPoint)listener.LocalEndpoint).Port, async () =>
        {
            await stop.CancelAsync();
            listener.Stop();
            await loop;
        });

        async Task AcceptAsync()
        {
            var talks = new List<Task>();
            try
            {
                while (true)
                {
                    talks.Add(TalkAsync(await listener.AcceptTcpClientAsync(stop.Token)));
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
            {
                await Task.WhenAll(talks);
            }
        }

        async Task TalkAsync(TcpClient client)
        {
            using (client)
            {
                try
                {
                    await talk(client.GetStream(), stop.Token);
                }
                catch (Exception e) when (e is IOException or OperationCanceledException)
                {
                    // The other side has left, or the test is over.
                }
            }
        }
    }

    /// <summary>A port of loopback that was free a moment ago, so that nobody listens there.</summary>
    public static int ClosedPort(ProtocolType protocol = ProtocolType.Tcp)
    {
        using var socket = new Socket(
            AddressFamily.InterNetwork, protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram, protocol);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public ValueTask DisposeAsync() => _stop();

    private static X509Certificate2 CreateCertificate()
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=probe.test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("probe.test");
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
