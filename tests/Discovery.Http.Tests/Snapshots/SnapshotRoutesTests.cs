using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Discovery.Infrastructure;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Discovery.Snapshots;

[Trait("Kind", "RealSockets")]
public sealed class SnapshotRoutesTests
{
    private const string Path = "/v1/snapshot";

    [Theory]
    [InlineData("")]
    [InlineData("?stale")]
    [InlineData("?index=abc&wait=abc")]
    [InlineData("?stale&consistent")]
    public async Task Save_ThenRestore_BringsTheStateBackAndAnswersEveryBlockedQuery(string query)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.SendAsync("/v1/kv/k", "PUT", body: "before");
        HttpResponseMessage saved = await host.Client.GetAsync(Path + query);
        byte[] archive = await saved.Content.ReadAsByteArrayAsync();
        Assert.Equal(
            (HttpStatusCode.OK, "application/x-gzip", "true", "0"),
            (saved.StatusCode, saved.Content.Headers.ContentType!.ToString(), Header(saved, "X-Consul-Knownleader"),
                Header(saved, "X-Consul-Lastcontact")));
        string index = (await host.SendAsync("/v1/kv/k"))["X-Consul-Index"];
        Assert.Equal(index, Header(saved, "X-Consul-Index"));
        await host.SendAsync("/v1/kv/k", "PUT", body: "after");
        string after = (await host.SendAsync("/v1/kv/k"))["X-Consul-Index"];
        string[] watched = ["/v1/kv/k?raw&", "/v1/kv/none?", "/v1/catalog/nodes?", "/v1/health/service/none?", "/v1/session/list?"];
        Task<RawReply>[] blocked = [.. watched.Select(target => host.SendAsync($"{target}index={after}0&wait=10m"))];
        await WaitingAsync(host, watched.Length);

        HttpResponseMessage restored = await host.Client.PutAsync(Path, new ByteArrayContent(archive));

        Assert.Equal((HttpStatusCode.OK, 0L), (restored.StatusCode, restored.Content.Headers.ContentLength));
        Assert.Null(restored.Content.Headers.ContentType);
        RawReply[] answers = await Task.WhenAll(blocked);
        Assert.Equal([200, 404, 200, 200, 200], answers.Select(static answer => answer.Status));
        Assert.Equal("before", answers[0].Text);
        Assert.Equal("before", (await host.SendAsync("/v1/kv/k?raw")).Text);
    }

    [Fact]
    public async Task Restore_OfMoreThanTheHostTakesOtherwise_IsTaken()
    {
        await using ApiHost host = await ApiHost.StartAsync(build: static builder =>
            builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Limits.MaxRequestBodySize = 100));
        byte[] archive = await host.Client.GetByteArrayAsync(Path);

        Assert.InRange(archive.Length, 101, 100_000);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.PutAsync(Path, new ByteArrayContent(archive))).StatusCode);
        Assert.Equal(
            HttpStatusCode.OK, (await host.Client.PutAsync(Path, new StreamContent(new MemoryStream(archive)))).StatusCode);
    }

    [Fact]
    public async Task Restore_TooLarge_IsRefusedBeforeItIsRead()
    {
        await using ApiHost host = await ApiHost.StartAsync(build: static builder =>
            builder.Services.Configure<ClusterSnapshotOptions>(static options => options.ArchiveBytesMax = 100_000));

        HttpResponseMessage refused = await host.Client.PutAsync(Path, new ByteArrayContent(new byte[100_001]));

        Assert.Equal(
            (HttpStatusCode.RequestEntityTooLarge,
                "Request body(100001 bytes) too large, max size: 100000 bytes (ClusterSnapshotOptions.ArchiveBytesMax)."),
            (refused.StatusCode, await refused.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("", 500, "failed to decompress snapshot: EOF")]
    [InlineData("abc", 500, "failed to decompress snapshot: unexpected EOF")]
    [InlineData("this is not a snapshot", 500, "failed to decompress snapshot: gzip: invalid header")]
    public async Task Restore_OfSomethingElse_IsRefusedInConsulsWords(string body, int status, string text)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        Assert.Equal((status, text), await host.GetRawAsync(Path, "PUT", body: body));
        Assert.Equal((500, "No path to datacenter"), await host.GetRawAsync(Path + "?dc=nope", "PUT", body: body));
        Assert.Equal((500, "No path to datacenter"), await host.GetRawAsync(Path + "?dc=nope"));
    }

    [Fact]
    public async Task Save_ToACallerWhoGoes_HoldsNothingAfterwards()
    {
        await using ApiHost host = await ApiHost.StartAsync(build: static builder =>
            builder.Services.Configure<ClusterSnapshotOptions>(static options => options.ConcurrentMax = 1));
        var values = new Random(1);
        for (int i = 0; i < 60; i++)
        {
            var value = new byte[512 * 1024];
            values.NextBytes(value);
            await host.Client.PutAsync($"/v1/kv/large/{i}", new ByteArrayContent(value));
        }

        // More than the sockets between the two hold, of which the caller reads the beginning only.
        using (var caller = new TcpClient())
        {
            await caller.ConnectAsync("127.0.0.1", host.Port);
            await caller.GetStream().WriteAsync("GET /v1/snapshot HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray());
            await caller.GetStream().ReadExactlyAsync(new byte[1024]);
            Assert.Equal(
                (429, "1 snapshots are being written (ClusterSnapshotOptions.ConcurrentMax)."), await host.GetRawAsync(Path));
        }

        HttpResponseMessage next;
        do
        {
            next = await host.Client.GetAsync(Path);
        }
        while (next.StatusCode == HttpStatusCode.TooManyRequests);

        Assert.InRange((await next.Content.ReadAsByteArrayAsync()).Length, 30_000_000, 40_000_000);
    }

    // Until so many queries wait for a change: one that only begins would wait for a change of the restored state.
    private static async Task WaitingAsync(ApiHost host, int count)
    {
        int waiting = 0;
        using var listener = new MeterListener();
        IMeterFactory meters = host.App.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == "discovery.core.query.blocked" && instrument.Meter.Scope == meters)
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => waiting = Math.Max(waiting, value));
        listener.Start();
        while (waiting < count)
        {
            await Task.Yield();
            listener.RecordObservableInstruments();
        }
    }

    private static string Header(HttpResponseMessage reply, string name) => reply.Headers.GetValues(name).Single();
}
