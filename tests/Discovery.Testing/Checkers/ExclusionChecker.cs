using System.Globalization;

namespace Discovery.Testing;

/// <summary>Decides whether a lock kept its promise: one holder at a time, growing fences, no late write with an old fence.</summary>
/// <remarks>Tenures that only touch do not overlap: one may begin at the instant at which another ends.</remarks>
public static class ExclusionChecker
{
    private const int ReportedMax = 20;

    /// <summary>Checks the tenures of one lock and the writes to what it guards, each in any order.</summary>
    public static CheckResult Check(IEnumerable<Holding> holdings, IEnumerable<FencedWrite>? writes = null)
    {
        ArgumentNullException.ThrowIfNull(holdings);
        List<string> found = [];
        Holding[] byTime = [.. holdings.OrderBy(static h => h.Acquired).ThenBy(static h => h.Fence)];
        CheckHoldings(byTime, found);
        FencedWrite[] byDecision = [.. (writes ?? []).OrderBy(static w => w.At)];
        CheckWrites(byDecision, found);
        int steps = byTime.Length + byDecision.Length;
        return found.Count == 0
            ? new CheckResult(CheckVerdict.Ok, "", steps)
            : new CheckResult(CheckVerdict.Violation, string.Join('\n', found.Take(ReportedMax)), steps);
    }

    private static void CheckHoldings(Holding[] byTime, List<string> found)
    {
        HashSet<long> fences = [];
        Holding? longest = null;
        Holding? highest = null;
        foreach (Holding next in byTime)
        {
            if (next.Ended < next.Acquired)
            {
                found.Add($"ends before it begins: {Line(next)}");
            }

            if (longest is not null && End(longest) > next.Acquired)
            {
                found.Add($"overlap: {Line(longest)} and {Line(next)}");
            }

            if (!fences.Add(next.Fence))
            {
                found.Add($"repeated fence: {Line(byTime.First(h => h.Fence == next.Fence))} and {Line(next)}");
            }
            else if (highest is not null && next.Fence < highest.Fence)
            {
                found.Add($"fence went back: {Line(highest)} and then {Line(next)}");
            }

            longest = longest is null || End(next) > End(longest) ? next : longest;
            highest = highest is null || next.Fence > highest.Fence ? next : highest;
        }
    }

    private static void CheckWrites(FencedWrite[] byDecision, List<string> found)
    {
        FencedWrite? newest = null;
        foreach (FencedWrite write in byDecision.Where(static w => w.Accepted))
        {
            if (newest is not null && write.Fence < newest.Fence)
            {
                found.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"late write accepted: fence {write.Fence} at {write.At} after fence {newest.Fence} at {newest.At}"));
            }

            newest = newest is null || write.Fence > newest.Fence ? write : newest;
        }
    }

    private static TimeSpan End(Holding holding) => holding.Ended ?? TimeSpan.MaxValue;

    private static string Line(Holding holding) => string.Create(
        CultureInfo.InvariantCulture,
        $"{holding.Holder} fence {holding.Fence} [{holding.Acquired}..{(holding.Ended is { } ended ? ended.ToString() : "held")}]");
}
