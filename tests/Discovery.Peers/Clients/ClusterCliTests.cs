using System.Text.RegularExpressions;
using Discovery.Peers.Processes;

namespace Discovery.Peers.Clients;

/// <summary>The command line of the real Consul 1.8.7 operates three servers of ours, whichever of them it asks.</summary>
[Trait("Kind", "RealSockets")]
public sealed partial class ClusterCliTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    [SkippableFact]
    public async Task Cli_AgainstAnyOfThreeServers_ReadsChangesTellsSavesRestoresLocksAndLeaves()
    {
        string program = Peer.Require(Peer.Consul, "Consul 1.8.7");
        await using var cluster = ClusterProcesses.Start();
        string peers = "";
        await Eventually.HoldsAsync(
            async () => LeaderIn(peers = (await RunAsync(0, "operator raft list-peers")).Output) >= 0,
            cluster.Logs);
        int leader = LeaderIn(peers);
        int follower = (leader + 1) % 3;
        int other = (leader + 2) % 3;
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(peers, await PrintsAsync(i, "operator raft list-peers"));
            Assert.Contains($"127.0.0.1:{cluster.Ports[i].Server}", peers, StringComparison.Ordinal);
            await PrintsAsync(i, $"kv put from/{i} value-{i}");
            Assert.Equal($"value-{i}\n", await PrintsAsync((i + 1) % 3, $"kv get from/{i}"));
        }

        for (int i = 0; i < 3; i++)
        {
            string info = await PrintsAsync(i, "info");
            Assert.Contains($"\tleader_addr = 127.0.0.1:{cluster.Ports[leader].Server}\n", info, StringComparison.Ordinal);
            Assert.Contains("\tnum_peers = 2\n", info, StringComparison.Ordinal);
            Assert.Contains($"\tstate = {(i == leader ? "Leader" : "Follower")}\n", info, StringComparison.Ordinal);
        }

        Assert.Equal(
            "Configuration updated!\n", await PrintsAsync(follower, "operator autopilot set-config -cleanup-dead-servers=false"));
        Assert.Contains("CleanupDeadServers = false", await PrintsAsync(other, "operator autopilot get-config"), StringComparison.Ordinal);

        string file = Path.Combine(cluster.Folder, "saved.snap");
        Assert.StartsWith(
            "Saved and verified snapshot to index", await PrintsAsync(follower, $"snapshot save {file}"), StringComparison.Ordinal);
        Assert.Matches("Version +1\n", await PrintsAsync(follower, $"snapshot inspect {file}"));
        await PrintsAsync(leader, "kv put from/0 later");
        Assert.Equal("Restored snapshot\n", await PrintsAsync(other, $"snapshot restore {file}"));
        Assert.Equal("value-0\n", await PrintsAsync(follower, "kv get from/0"));

        string told = await PrintsAsync(follower, "event -name=deploy -node=^s[0-2]$ v2");
        Assert.Matches("^Event ID: [0-9a-f-]{36}\n$", told);
        for (int i = 0; i < 3; i++)
        {
            int server = i;
            await Eventually.HoldsAsync(
                async () => (await RunAsync(server, "watch -type=event -name=deploy")).Output
                    .Contains(told[10..46], StringComparison.Ordinal),
                cluster.Logs);
        }

        Assert.Contains("held", await PrintsAsync(follower, "lock -shell=false jobs /bin/echo held"), StringComparison.Ordinal);

        Assert.Equal("Graceful leave complete\n", await PrintsAsync(leader, "leave"));
        Assert.Equal(0, (await cluster.ProcessOf(leader).EndAsync(s_deadline)).Code);
        await Eventually.HoldsAsync(
            async () =>
            {
                peers = (await RunAsync(follower, "operator raft list-peers")).Output;
                return LeaderIn(peers) is var next && next >= 0 && next != leader;
            },
            cluster.Logs);
        Assert.DoesNotContain($"s{leader} ", peers, StringComparison.Ordinal);
        Assert.Equal(3, peers.TrimEnd().Split('\n').Length);
        Assert.Equal("value-1\n", await PrintsAsync(other, "kv get from/1"));

        async Task<string> PrintsAsync(int server, string line)
        {
            (int code, string output, string errors) = await RunAsync(server, line);
            Assert.True(code == 0, $"consul {line}, asked of s{server}: {code}\n{output}{errors}\n{cluster.Logs()}");
            return output;
        }

        async Task<(int Code, string Output, string Errors)> RunAsync(int server, string line)
        {
            var address = new Dictionary<string, string> { ["CONSUL_HTTP_ADDR"] = cluster.AddressOf(server) };
            await using Running cli = Running.Start(program, line.Split(' '), address);
            return await cli.EndAsync(s_deadline);
        }
    }

    private static int LeaderIn(string peers) => Leader().Match(peers) is { Success: true } match ? match.Groups[1].ValueSpan[0] - '0' : -1;

    [GeneratedRegex("^s([0-2]) .* leader ", RegexOptions.Multiline)]
    private static partial Regex Leader();
}
