using System.Globalization;
using Discovery.Protocol;

namespace Discovery.Raft.Protocol;

/// <summary>
/// Cores that a script drives by hand: nothing reaches a disk, a state machine or another core before the script says so.
/// </summary>
/// <remarks>
/// The commands: <c>members voters=1,2 learners=3 witness=4</c> (what logs begin with), <c>server N terms=1,1,4 [term=4] [vote=2]
/// [bytes=MOST]</c>, <c>time N</c> (on to the next deadline of a server), <c>wait MS</c>, <c>persist N</c>, <c>deliver A B [MOST]</c>,
/// <c>drop A B</c>, <c>propose N</c>, <c>change N voters=...</c>, <c>transfer N TO</c>, <c>read N [lease]</c>, <c>compact N INDEX</c>,
/// <c>restart N</c>, <c>snapshot A B</c>, <c>state N,...</c>; and without a transcript: <c>elect N A,B</c> (with those) and
/// <c>settle A,B,...</c> (until nothing is left to do among those).
/// </remarks>
internal sealed class ScriptCluster
{
    private readonly SortedDictionary<int, ScriptServer> _servers = [];
    private readonly List<RaftMessage> _wire = [];
    private readonly List<string> _output = [];
    private RaftConfiguration _configuration = RaftConfiguration.Empty;
    private TimeSpan _now = TimeSpan.FromSeconds(10);
    private bool _isQuiet;
    private ulong _reads;

    public IReadOnlyList<string> Execute(string command)
    {
        _output.Clear();
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int number = words.Length > 1 && int.TryParse(words[1], CultureInfo.InvariantCulture, out int parsed) ? parsed : 0;
        switch (words[0])
        {
            case "members":
                _configuration = RaftConfiguration.Of(Members(words));
                break;
            case "server":
                _servers[number] = new ScriptServer(number, words, _configuration, _now);
                break;
            case "settle":
                Quietly(() => Settle(Numbers(words[1])));
                break;
            case "elect":
                Quietly(() => Elect(number, Numbers(words[2])));
                break;
            case "state":
                _output.AddRange(Numbers(words[1]).Select(one => _servers[one].Describe()));
                break;
            case "wait":
                _now += TimeSpan.FromMilliseconds(number);
                break;
            case "deliver":
                Deliver(number, Number(words[2]), words.Length > 3 ? Number(words[3]) : int.MaxValue);
                break;
            case "drop":
                _wire.RemoveAll(message => IsBetween(message, number, Number(words[2])));
                break;
            default:
                Input(_servers[number], words);
                break;
        }

        return [.. _output];
    }

    private void Input(ScriptServer server, string[] words)
    {
        RaftCore core = server.Core;
        switch (words[0])
        {
            case "time":
                _now = core.NextDeadline > _now ? core.NextDeadline : _now;
                core.Tick(_now);
                break;
            case "persist":
                server.Persist(_now, _wire);
                break;
            case "propose":
                Say($"{server.Number}: {core.Propose(EntryKind.Command, new byte[3], _now, out LogPosition at)} {ScriptText.At(at)}");
                break;
            case "change":
                Say($"{server.Number}: {core.ProposeMembers(Members(words), _now, out at)} {ScriptText.At(at)}");
                break;
            case "transfer":
                Say($"{server.Number}: {core.TransferLeadership(ScriptText.Id(words[2]), _now)}");
                break;
            case "read":
                core.Read(++_reads, words.Contains("lease"), _now);
                break;
            case "compact":
                Say($"{server.Number}: begins after {ScriptText.At(server.Compact(words[2]))}");
                break;
            case "restart":
                server.Restart(_now);
                break;
            case "snapshot":
                _wire.Add(server.Snapshot(ScriptText.Id(words[2])));
                break;
            default:
                throw new InvalidOperationException($"no such command: {words[0]}");
        }

        Take(server);
    }

    private void Deliver(int from, int to, int most = int.MaxValue)
    {
        RaftMessage[] messages = [.. _wire.Where(message => IsBetween(message, from, to)).Take(most)];
        _wire.RemoveAll(messages.Contains);
        foreach (RaftMessage message in messages)
        {
            _servers[to].Core.Step(message, _now);
        }

        Take(_servers[to]);
    }

    private void Take(ScriptServer server)
    {
        while (server.Core.TakeReady(_now) is { } ready)
        {
            foreach (string line in ScriptText.Of(server.Number, ready))
            {
                Say(line);
            }

            server.Take(ready, _wire, _now);
        }
    }

    private void Elect(int number, int[] with)
    {
        ScriptServer server = _servers[number];
        for (int i = 0; i < 10 && server.Core.Role != RaftRole.Leader; i++)
        {
            _now += TimeSpan.FromSeconds(1);
            server.Core.Tick(_now);
            Take(server);
            Settle([number, .. with]);
        }
    }

    private void Settle(int[] among)
    {
        for (bool isBusy = true; isBusy;)
        {
            isBusy = false;
            foreach (int one in among)
            {
                _servers[one].Persist(_now, _wire);
                Take(_servers[one]);
            }

            foreach (int to in among)
            {
                int count = _wire.Count;
                foreach (int from in among)
                {
                    Deliver(from, to);
                }

                isBusy |= count > 0 && _wire.Exists(message => IsAmong(among, message.To) && IsAmong(among, message.From));
            }

            isBusy |= among.Any(one => _servers[one].IsWriting);
        }
    }

    private void Quietly(Action action)
    {
        _isQuiet = true;
        action();
        _isQuiet = false;
    }

    private void Say(string line)
    {
        if (!_isQuiet)
        {
            _output.Add(line);
        }
    }

    private static bool IsBetween(RaftMessage message, int from, int to) =>
        ScriptText.Number(message.From) == from && ScriptText.Number(message.To) == to;

    private static bool IsAmong(int[] among, VoterId id) => among.Contains(ScriptText.Number(id));

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static int[] Numbers(string list) => [.. list.Split(',').Select(Number)];

    private static List<RaftMember> Members(string[] words)
    {
        var members = new List<RaftMember>();
        foreach (string[] pair in words.Select(static word => word.Split('=')).Where(static pair => pair.Length == 2))
        {
            MemberRole role = pair[0] switch
            {
                "voters" => MemberRole.Voter,
                "learners" => MemberRole.Learner,
                _ => MemberRole.Witness,
            };
            members.AddRange(pair[1].Split(',').Select(one => new RaftMember(ScriptText.Id(one), role)));
        }

        return members;
    }
}
