using System.Globalization;
using Discovery.Protocol;

namespace Discovery.Raft.Protocol;

/// <summary>What a core asks for, as lines of a transcript.</summary>
internal static class ScriptText
{
    public static VoterId Id(string number) => number == "any" ? VoterId.None : Id(int.Parse(number, CultureInfo.InvariantCulture));

    public static VoterId Id(int number)
    {
        byte[] id = new byte[16];
        id[15] = (byte)number;
        return new VoterId(new Guid(id, bigEndian: true), new Guid(id, bigEndian: true));
    }

    public static int Number(VoterId id) => id.Node.ToByteArray(bigEndian: true)[15];

    public static string Name(VoterId id) => id == VoterId.None ? "none" : Number(id).ToString(CultureInfo.InvariantCulture);

    public static string At(LogPosition position) => string.Create(CultureInfo.InvariantCulture, $"{position.Index}@{position.Term}");

    public static string Of(RaftConfiguration configuration) => configuration.IsJoint
        ? $"{Of(configuration.Before)} -> {Of(configuration.Members)}"
        : Of(configuration.Members);

    public static IEnumerable<string> Of(int server, RaftReady ready)
    {
        if (ready.State is { } state)
        {
            yield return $"{server}: writes term {state.Term}, vote {Name(state.Vote)}";
        }

        if (ready.Install is { } install)
        {
            yield return $"{server}: installs {At(install.Last)} {Of(install.Configuration.Configuration)}";
        }

        if (ready.TruncateAfter is { } end)
        {
            yield return $"{server}: cuts after {end}";
        }

        if (ready.Entries.Count > 0)
        {
            yield return $"{server}: writes {Of(ready.Entries)}";
        }

        foreach (RaftMessage message in ready.SendNow)
        {
            yield return $"{server}: sends {Of(message)}";
        }

        foreach (RaftMessage message in ready.SendAfterPersist)
        {
            yield return $"{server}: once it is written, sends {Of(message)}";
        }

        if (ready.Apply.Count > 0)
        {
            yield return $"{server}: applies {Of(ready.Apply)}";
        }

        foreach (LoadRequest load in ready.Loads)
        {
            yield return $"{server}: loads {load.First}..{load.Last} for {(load.For == VoterId.None ? "itself" : Name(load.For))}";
        }

        foreach ((VoterId to, _) in ready.SendSnapshotTo)
        {
            yield return $"{server}: sends a snapshot to {Name(to)}";
        }

        foreach (ReadAnswer read in ready.Reads)
        {
            yield return read.IsReached ? $"{server}: read {read.Id} at {read.Index}" : $"{server}: read {read.Id} has no leader";
        }
    }

    private static string Of(IReadOnlyList<LogEntry> entries) => string.Join(' ', entries.Select(static entry =>
        At(new LogPosition(entry.Index, entry.Term)) + (entry.Kind != EntryKind.Command ? $" ({entry.Kind})"
            : entry.Body.IsEmpty ? " (no body)" : "")));

    private static string Of(IEnumerable<RaftMember> members) => $"[{string.Join(' ', members.Select(static member =>
        Name(member.Id) + (member.Role == MemberRole.Voter ? "" : $" {member.Role}")))}]";

    private static string Of(RaftMessage message)
    {
        string what = message switch
        {
            AppendRequest m => $"append after {At(m.Previous)}{(m.Entries.Count == 0 ? "" : " of " + Of(m.Entries))}, commit {m.Commit}",
            AppendAccepted m => $"accepted up to {m.Match}",
            AppendRejected m => $"rejected after {m.Previous}, at most {At(m.Hint)}",
            Heartbeat m => $"heartbeat, commit {m.Commit}",
            HeartbeatReply => "heartbeat reply",
            VoteRequest m => $"{(m.IsPreVote ? "pre-vote" : "vote")} request, last {At(m.Last)}{(m.IsTransfer ? ", transfer" : "")}",
            VoteReply m => $"{(m.IsPreVote ? "pre-vote" : "vote")} {(m.IsGranted ? "granted" : "refused")}",
            InstallSnapshot m => $"snapshot {At(m.Meta.Last)}",
            TimeoutNow => "timeout now",
            ReadIndexRequest m => $"read request{(m.IsLeaseEnough ? ", lease" : "")}",
            ReadIndexReply m => m.IsReached ? $"read at {m.Index}" : "read has no leader",
            _ => message.GetType().Name,
        };
        return $"{Name(message.To)} term {message.Term} {what}";
    }
}
