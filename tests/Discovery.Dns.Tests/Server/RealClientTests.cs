using System.Diagnostics;
using Discovery.Support;

namespace Discovery.Server;

/// <summary>Clients that we have not written: dig, kdig and HAProxy.</summary>
[Trait("Kind", "RealSockets")]
[Trait("Kind", "Peer")]
public sealed class RealClientTests
{
    [SkippableTheory]
    [InlineData("web.service.consul SRV", "1 1 8080 n1.node.dc1.consul.|1 1 8080 n2.node.dc1.consul.|1 1 8080 n3.node.dc1.consul.")]
    [InlineData("+tcp web.service.consul A", "10.0.0.1|10.0.0.2|10.0.0.3")]
    [InlineData("+bufsize=4096 +dnssec ds.service.consul AAAA", "2001:db8:9::1")]
    [InlineData("-x 10.0.0.1", "n1.node.dc1.consul.")]
    [InlineData("-x 2001:db8::66", "six.service.dc1.consul.")]
    [InlineData("n1.node.consul TXT", "\"key=value\"")]
    [InlineData("search.service.consul A", "www.example.com.")]
    [InlineData("nope.service.consul A", "")]
    public async Task Dig_Asks_ReadsTheAnswer(string arguments, string expected)
    {
        await using DnsHost host = await DnsHost.StartAsync();
        foreach (string program in new[] { "dig", "kdig" })
        {
            string output = await RunAsync(program, $"@127.0.0.1 -p {host.Endpoint.Port} +short {arguments}");
            string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(expected, string.Join('|', lines.Order(StringComparer.Ordinal)));
        }
    }

    [SkippableFact]
    public async Task Dig_Default_FindsNothingToWarnOf()
    {
        await using DnsHost host = await DnsHost.StartAsync();
        string[] questions = ["web.service.consul SRV", "nope.service.consul", "consul SOA", "version.bind TXT CH", "n1.node.consul ANY"];
        foreach (string question in questions)
        {
            string output = await RunAsync("dig", $"@127.0.0.1 -p {host.Endpoint.Port} +norec {question}");
            Assert.DoesNotContain("WARNING", output, StringComparison.Ordinal);
            Assert.DoesNotContain("malformed", output, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("status: ", output, StringComparison.Ordinal);
        }
    }

    private static async Task<string> RunAsync(string program, string arguments)
    {
        string? path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        Skip.If(path is null, $"{program} is not installed (eng/peers.sh)");
        using Process process = Process.Start(new ProcessStartInfo(path!, arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
