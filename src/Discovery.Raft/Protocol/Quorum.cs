using System.Collections.Immutable;

namespace Discovery.Protocol;

/// <summary>Majorities; of a joint configuration, in both halves.</summary>
internal static class Quorum
{
    /// <summary>On how many full copies an entry is to be, beside a witness, while so many are within reach.</summary>
    public const int CopiesWanted = 2;

    /// <summary>Whether those for whom something holds are a majority. Nobody has a majority of no voters.</summary>
    public static bool IsReached(RaftConfiguration configuration, Func<VoterId, bool> holds) =>
        IsReached(configuration.Members, holds) && (!configuration.IsJoint || IsReached(configuration.Before, holds));

    /// <summary>The highest value that a majority has reached.</summary>
    public static ulong Reached(RaftConfiguration configuration, Func<VoterId, ulong> value)
    {
        ulong now = Reached(configuration.Members, value);
        return configuration.IsJoint ? Math.Min(now, Reached(configuration.Before, value)) : now;
    }

    /// <summary>Those that keep full copies and count in majorities, in either half.</summary>
    public static ImmutableArray<VoterId> Copies(RaftConfiguration configuration) =>
        [.. configuration.Everybody().Where(id => configuration.MayLead(id))];

    /// <summary>Those that keep full copies and count in the majority.</summary>
    public static ImmutableArray<VoterId> Copies(ImmutableArray<RaftMember> members) =>
        [.. members.Where(static member => member.Role == MemberRole.Voter).Select(static member => member.Id)];

    /// <summary>The highest value that so many of them have reached.</summary>
    public static ulong Reached(ImmutableArray<VoterId> ids, int count, Func<VoterId, ulong> value) =>
        count == 0 || count > ids.Length ? ulong.MaxValue : ids.Select(value).OrderDescending().ElementAt(count - 1);

    public static bool HasWitness(ImmutableArray<RaftMember> members) => members.Any(static member => member.Role == MemberRole.Witness);

    private static bool IsReached(ImmutableArray<RaftMember> members, Func<VoterId, bool> holds)
    {
        int voters = 0;
        int holding = 0;
        foreach (RaftMember member in members)
        {
            if (member.Votes)
            {
                voters++;
                holding += holds(member.Id) ? 1 : 0;
            }
        }

        return holding > voters / 2;
    }

    private static ulong Reached(ImmutableArray<RaftMember> members, Func<VoterId, ulong> value)
    {
        var values = new List<ulong>(members.Length);
        foreach (RaftMember member in members)
        {
            if (member.Votes)
            {
                values.Add(value(member.Id));
            }
        }

        values.Sort();
        return values.Count == 0 ? 0 : values[(values.Count - 1) / 2];
    }
}
