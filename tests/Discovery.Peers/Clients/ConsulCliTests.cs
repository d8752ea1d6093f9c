using System.Text.RegularExpressions;
using Discovery.Peers.Processes;

namespace Discovery.Peers.Clients;

/// <summary>The command line of the real Consul 1.8.7, pointed at us and at a real agent: it prints the same.</summary>
[Trait("Kind", "RealSockets")]
public sealed partial class ConsulCliTests(TwoAgents agents) : IClassFixture<TwoAgents>
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);
    private static readonly Dictionary<string, string[]> s_groups = Load();

    public static TheoryData<string> Groups => [.. s_groups.Keys];

    [SkippableTheory]
    [MemberData(nameof(Groups))]
    public async Task Cli_Commands_PrintWhatTheyPrintForConsul(string group)
    {
        await agents.BeginAsync();
        foreach (string line in s_groups[group])
        {
            string ours = await RunAsync(agents.Ours, line);
            string theirs = await RunAsync(agents.Theirs, line);
            Assert.True(ours == theirs, $"consul {line}\n-- ours:\n{ours}\n-- theirs:\n{theirs}");
        }
    }

    [SkippableFact]
    public async Task Cli_Info_TellsConsulsGroupsAndOnlyKeysOfConsul()
    {
        await agents.BeginAsync();
        string[] ours = InfoValue().Replace(await RunAsync(agents.Ours, "info"), "").Split('\n');
        string[] theirs = InfoValue().Replace(await RunAsync(agents.Theirs, "info"), "").Split('\n');
        Assert.Equal(theirs.Where(line => !line.StartsWith('\t')), ours.Where(line => !line.StartsWith('\t')));
        Assert.Empty(ours.Except(theirs));
        Assert.Superset(
            new HashSet<string>(["\tleader", "\tleader_addr", "\tserver", "\tversion", "\tchecks", "\tservices", "\tstate", "\tmembers"]),
            new HashSet<string>(ours));
    }

    [SkippableFact]
    public async Task Cli_Monitor_PrintsLogLinesUntilInterrupted()
    {
        await agents.BeginAsync();
        await using Running monitor = Start(agents.Ours, "monitor -log-level=debug");
        Assert.Empty(monitor.Errors);
        await Eventually.HoldsAsync(
            async () =>
            {
                await agents.Ours.ExpectAsync("GET /v1/agent/services");
                return LogLine().IsMatch(monitor.Output);
            },
            () => monitor.Output + monitor.Errors);
        monitor.Signal(2);
        Assert.True(await monitor.StopAsync(s_deadline));
    }

    [SkippableFact]
    public async Task Cli_WatchWithHandler_RunsItForEachChange()
    {
        await agents.BeginAsync();
        await using Running watch = Start(agents.Ours, "watch -type=service -service=web -shell=false /bin/cat");
        await PrintsAsync(watch, "[]");
        await agents.Ours.ExpectAsync("PUT /v1/agent/service/register", """{"Name":"web","Port":80}""");
        await PrintsAsync(watch, "\"Port\":80");
        await agents.Ours.ExpectAsync("PUT /v1/agent/service/register", """{"Name":"web","Port":81}""");
        await PrintsAsync(watch, "\"Port\":81");
    }

    private static Task PrintsAsync(Running watch, string text) =>
        Eventually.HoldsAsync(() => watch.Output.Contains(text, StringComparison.Ordinal), () => watch.Output + watch.Errors);

    private static Running Start(AgentProcess agent, string line) => Running.Start(
        Peer.Require(Peer.Consul, "Consul 1.8.7"),
        line.Replace("{folder}", agent.Folder, StringComparison.Ordinal).Split(' '),
        new Dictionary<string, string> { ["CONSUL_HTTP_ADDR"] = agent.Address });

    private async Task<string> RunAsync(AgentProcess agent, string line)
    {
        string service = await File.ReadAllTextAsync(Path.Combine(Places.TestData, "clients", "service.json"));
        await File.WriteAllTextAsync(Path.Combine(agent.Folder, "service.json"), service);
        await using Running cli = Start(agent, line);
        (int code, string output, string errors) = await cli.EndAsync(s_deadline);
        string text = agents.DisguiseOf(agent).Apply($"code {code}\n{output}{errors}");
        text = Index().Replace(text, "$1 N");
        text = line.StartsWith("event", StringComparison.Ordinal) || line.StartsWith("watch -type=event", StringComparison.Ordinal)
            ? EventOwn().Replace(text, "$1 N")
            : text;

        // The command line goes through a map of Go's here, whose order is another one each time.
        return line == "maint" ? string.Join('\n', text.Split('\n').Order(StringComparer.Ordinal)) : text;
    }

    private static Dictionary<string, string[]> Load()
    {
        Dictionary<string, List<string>> groups = new(StringComparer.Ordinal);
        List<string> lines = [];
        string file = Path.Combine(Places.TestData, "clients", "cli.txt");
        foreach (string line in File.ReadLines(file).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line.StartsWith("=== ", StringComparison.Ordinal))
            {
                groups[line[4..]] = lines = [];
            }
            else
            {
                lines.Add(line);
            }
        }

        return groups.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray(), StringComparer.Ordinal);
    }

    [GeneratedRegex("((?:Create|Modify)Index(?:\":)?) +[0-9]+")]
    private static partial Regex Index();

    [GeneratedRegex("(ID:|\"ID\":|\"LTime\":) [0-9a-f\"-]+")]
    private static partial Regex EventOwn();

    [GeneratedRegex(" = .*")]
    private static partial Regex InfoValue();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z \[[A-Z]+\] ", RegexOptions.Multiline)]
    private static partial Regex LogLine();
}
