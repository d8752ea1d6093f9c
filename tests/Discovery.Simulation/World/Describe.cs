using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>Short words for traces.</summary>
internal static class Describe
{
    public static string Id(World world, VoterId id) =>
        world.Find(id) is { } server ? $"s{server.Number}" : $"({id.Node.ToString()[^2..]}/{id.Log.ToString()[^4..]})";

    public static string At(LogPosition position) => $"{position.Index}@{position.Term}";

    public static string Entry(LogEntry entry) =>
        $"{entry.Index}@{entry.Term}{(entry.Kind == EntryKind.Command ? "" : entry.Kind.ToString()[..1])}";

    public static string Members(World world, RaftConfiguration configuration) => configuration.IsJoint
        ? $"{Members(world, configuration.Before)}->{Members(world, configuration.Members)}"
        : Members(world, configuration.Members);

    public static string Message(World world, RaftMessage message)
    {
        string what = message switch
        {
            AppendRequest m =>
                $"append after {At(m.Previous)} [{string.Join(' ', m.Entries.Select(Entry))}] commit {m.Commit} stamp {m.Stamp}",
            AppendAccepted m => $"accepted {m.Match} stamp {m.Stamp}",
            AppendRejected m => $"rejected {m.Previous} hint {At(m.Hint)}",
            Heartbeat m => $"heartbeat commit {m.Commit} stamp {m.Stamp}",
            HeartbeatReply m => $"heartbeat reply stamp {m.Stamp}",
            VoteRequest m => $"{(m.IsPreVote ? "pre-" : "")}vote? last {At(m.Last)}{(m.IsTransfer ? " transfer" : "")}",
            VoteReply m => $"{(m.IsPreVote ? "pre-" : "")}vote {(m.IsGranted ? "granted" : "refused")}",
            InstallSnapshot m => $"snapshot {At(m.Meta.Last)}",
            TimeoutNow => "timeout now",
            ReadIndexRequest m => $"read index? {m.Id}",
            ReadIndexReply m => $"read index {m.Id} {m.IsReached} {m.Index}",
            _ => message.GetType().Name,
        };
        return $"{Id(world, message.From)}->{Id(world, message.To)} t{message.Term} {what}";
    }

    public static string Operation(World world, DiskOperation operation) => operation switch
    {
        DiskOperation.SetState set => $"term {set.State.Term} vote {(set.State.Vote == VoterId.None ? "none" : Id(world, set.State.Vote))}",
        DiskOperation.Append { Entry.Kind: EntryKind.Configuration } append =>
            $"{Entry(append.Entry)} {Configuration(world, append.Entry)}",
        DiskOperation.Append append => Entry(append.Entry),
        DiskOperation.Truncate truncate => $"end {truncate.After}",
        DiskOperation.Install install => $"snapshot {At(install.Meta.Last)}",
        _ => operation.GetType().Name,
    };

    private static string Members(World world, IEnumerable<RaftMember> members) =>
        $"[{string.Join(' ', members.Select(member => $"{Id(world, member.Id)}{member.Role.ToString()[..1]}"))}]";

    private static string Configuration(World world, LogEntry entry) =>
        RaftConfiguration.TryDecode(entry.Body.Span, out RaftConfiguration configuration) ? Members(world, configuration) : "?";
}
