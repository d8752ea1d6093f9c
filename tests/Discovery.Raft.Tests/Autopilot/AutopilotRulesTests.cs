using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Autopilot;

public sealed class AutopilotRulesTests
{
    private static readonly TimeSpan s_failedAfter = TimeSpan.FromSeconds(60);

    /// <summary>
    /// One letter for each server, the leader first: V voter, L learner, W witness; small when it has failed. Then those left, or why not.
    /// </summary>
    [Theory]
    [InlineData("VVV", 0u, "VVV", "")]
    [InlineData("VVv", 0u, "VV", "")]
    [InlineData("VVv", 2u, "VV", "")]
    [InlineData("VVv", 3u, "VVv", "fewer than 3 voters would be left")]
    [InlineData("Vvv", 0u, "Vvv", "they are 2 of 3 voters")]
    [InlineData("Vv", 0u, "Vv", "they are 1 of 2 voters")]
    [InlineData("VVVv", 0u, "VVV", "")]
    [InlineData("VVvv", 0u, "VVvv", "they are 2 of 4 voters")]
    [InlineData("VVVvv", 0u, "VVV", "")]
    [InlineData("VVVvv", 3u, "VVV", "")]
    [InlineData("VVVvv", 4u, "VVVvv", "fewer than 4 voters would be left")]
    [InlineData("VVvvv", 0u, "VVvvv", "they are 3 of 5 voters")]
    [InlineData("VVVl", 9u, "VVV", "")]
    [InlineData("Vll", 0u, "V", "")]
    [InlineData("Vvvl", 0u, "Vvv", "they are 2 of 3 voters")]
    [InlineData("VvW", 0u, "VvW", "one copy would be left besides a witness")]
    [InlineData("VVw", 0u, "VV", "")]
    [InlineData("VVvW", 0u, "VVW", "")]
    public void Plan_OfFailedServers_RemovesWhatIsSafe(string servers, uint minQuorum, string left, string why)
    {
        ServerFacts[] facts = [.. servers.Select(static (letter, i) => Member(i + 1, letter))];
        var rules = new AutopilotRules(new AutopilotConfiguration { MinQuorum = minQuorum }, s_failedAfter);
        MemberPlan? plan = rules.Plan(facts[0].Id, facts);
        Assert.Equal(left, plan is null ? servers : string.Concat(
            facts.Where(server => plan.Members.Any(member => member.Id == server.Id)).Select((server, _) => servers[Number(server) - 1])));
        string who = string.Join(", ", facts.Where(static server => server is { IsAlive: false, Role: not MemberRole.Learner })
            .Select(static server => server.Name));
        Assert.Equal(why.Length == 0 ? [] : [$"Failed servers stay members, for {why}: {who}"], rules.Refusals);
        Assert.True(plan is null || plan.Kind == ChangeKind.Removal);
        Assert.Null(new AutopilotRules(new AutopilotConfiguration { CleanupDeadServers = false }, s_failedAfter).Plan(facts[0].Id, facts));
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    public void Plan_OfOneThatDoesNotAnswer_WaitsItsTime(int seconds, bool isRemoved)
    {
        ServerFacts[] facts =
        [
            Member(1, 'V'), Member(2, 'V'), Member(3, 'v') with { Silence = TimeSpan.FromSeconds(seconds) },
        ];
        MemberPlan? plan = Rules().Plan(facts[0].Id, facts);
        Assert.Equal(isRemoved ? ["s3 is removed, for it has not answered for 60 s"] : [], plan?.Reasons ?? []);
    }

    [Theory]
    [InlineData(9.9, true, false)]
    [InlineData(10, true, true)]
    [InlineData(99, false, false)]
    public void Plan_OfALearner_GivesItAVoteOnceItIsStable(double seconds, bool isHealthy, bool isPromoted)
    {
        ServerFacts[] facts =
        [
            Member(1, 'V'), Member(2, 'L') with { IsHealthy = isHealthy, StableFor = TimeSpan.FromSeconds(seconds) },
        ];
        MemberPlan? plan = Rules().Plan(facts[0].Id, facts);
        Assert.Equal(
            isPromoted ? [new RaftMember(facts[0].Id, MemberRole.Voter), new RaftMember(facts[1].Id, MemberRole.Voter)] : null,
            plan?.Members);
        Assert.Equal(isPromoted ? ChangeKind.Promotion : null, plan?.Kind);
    }

    [Fact]
    public void Plan_OfOneThatComesNew_TakesItInAsALearner()
    {
        MemberPlan plan = Rules().Plan(Messages.Id(1), [Member(1, 'V'), Newcomer(2)])!;
        Assert.Equal(
            [new RaftMember(Messages.Id(1), MemberRole.Voter), new RaftMember(Messages.Id(2), MemberRole.Learner)], plan.Members);
        Assert.Equal(["s2 becomes a learner, for it came new"], plan.Reasons);
        Assert.Null(Rules().Plan(Messages.Id(1), [Member(1, 'V'), Newcomer(2) with { IsAlive = false }]));
        Assert.Null(Rules().Plan(Messages.Id(1), [Member(1, 'V'), Newcomer(2) with { IsNewcomer = false }]));
    }

    [Fact]
    public void Plan_OfOneThatLostItsDisk_PutsItInItsOwnPlace()
    {
        ServerFacts back = Newcomer(3) with { Id = Messages.Id(3, 99) };
        MemberPlan plan = Rules().Plan(Messages.Id(1), [Member(1, 'V'), Member(2, 'V'), Member(3, 'v'), back])!;
        Assert.Equal(
            [
                new RaftMember(Messages.Id(1), MemberRole.Voter), new RaftMember(Messages.Id(2), MemberRole.Voter),
                new RaftMember(back.Id, MemberRole.Learner),
            ],
            plan.Members);
        Assert.Equal([$"s3 becomes a learner in the place of {Messages.Id(3)}, whose log it has lost"], plan.Reasons);
    }

    [Fact]
    public void Plan_OfOneWithTheNameOfAMember_NeedsThatOneToBeGone()
    {
        ServerFacts same = Newcomer(4) with { Name = "S3" };
        AutopilotRules rules = Rules();
        Assert.Null(rules.Plan(Messages.Id(1), [Member(1, 'V'), Member(2, 'V'), Member(3, 'V'), same]));
        Assert.Equal(["S3 is not taken in: s3 has its name"], rules.Refusals);
        MemberPlan plan = Rules().Plan(Messages.Id(1), [Member(1, 'V'), Member(2, 'V'), Member(3, 'v'), same])!;
        Assert.Equal([Messages.Id(1), Messages.Id(2), Messages.Id(4)], plan.Members.Select(static member => member.Id));
    }

    [Fact]
    public void Plan_OfAWitness_TakesItInOnceThereAreTwoVoters()
    {
        ServerFacts witness = Newcomer(3) with { IsWitness = true };
        AutopilotRules rules = Rules();
        Assert.Null(rules.Plan(Messages.Id(1), [Member(1, 'V'), Member(2, 'L'), witness]));
        Assert.Equal(["s3 waits to be a witness until there are two voters"], rules.Refusals);
        MemberPlan plan = Rules().Plan(Messages.Id(1), [Member(1, 'V'), Member(2, 'V'), witness])!;
        Assert.Equal(new RaftMember(witness.Id, MemberRole.Witness), plan.Members[2]);
    }

    private static AutopilotRules Rules() => new(AutopilotConfiguration.Default, s_failedAfter);

    private static int Number(ServerFacts server) => server.Id.Node.ToByteArray(bigEndian: true)[15];

    private static ServerFacts Member(int number, char letter) => new()
    {
        Id = Messages.Id(number),
        Name = $"s{number}",
        Role = char.ToUpperInvariant(letter) switch
        {
            'V' => MemberRole.Voter,
            'W' => MemberRole.Witness,
            _ => MemberRole.Learner,
        },
        IsAlive = char.IsUpper(letter),
        Silence = char.IsUpper(letter) ? TimeSpan.Zero : s_failedAfter,
    };

    private static ServerFacts Newcomer(int number) => new()
    {
        Id = Messages.Id(number),
        Name = $"s{number}",
        IsAlive = true,
        IsNewcomer = true,
    };
}
