using System.Globalization;
using System.Text;

namespace Discovery.Testing;

/// <summary>Decides whether a concurrent history could have come from a system that does one thing at a time.</summary>
/// <remarks>
/// The search of Wing and Gong (Testing and Verifying Concurrent Objects, 1993) with the memory of visited configurations by Lowe
/// (Testing for Linearizability, 2017). An operation of unknown outcome may take effect at any point after its beginning, or never.
/// </remarks>
public static class LinearizabilityChecker
{
    private const int MinimizeStepsMax = 20_000;
    private const int ReportedMax = 24;

    /// <summary>Checks a history.</summary>
    /// <param name="history">The operations, in any order.</param>
    /// <param name="model">What a correct system does.</param>
    /// <param name="stepsMax">The budget over all parts; when it runs out the verdict is <see cref="CheckVerdict.Undecided"/>.</param>
    public static CheckResult Check<TState, TInput, TOutput>(
        IEnumerable<Operation<TInput, TOutput>> history, ISequentialModel<TState, TInput, TOutput> model, long stepsMax = 10_000_000)
        where TState : notnull
        where TInput : notnull
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(model);
        long steps = 0;
        StringBuilder undecided = new();
        foreach (IGrouping<string, Operation<TInput, TOutput>> part in history
            .GroupBy(o => model.PartOf(o.Input) ?? "", StringComparer.Ordinal).OrderBy(static g => g.Key, StringComparer.Ordinal))
        {
            Operation<TInput, TOutput>[] operations = [.. part.OrderBy(static o => o.Invoked)];
            LinearizationSearch<TState, TInput, TOutput> search = new(operations, model, stepsMax - steps);
            CheckVerdict verdict = search.Run();
            steps += search.Steps;
            if (verdict == CheckVerdict.Violation)
            {
                return new CheckResult(verdict, Report(part.Key, Minimize(operations, model), model), steps);
            }

            if (verdict == CheckVerdict.Undecided)
            {
                undecided.Append(CultureInfo.InvariantCulture, $"part '{part.Key}' with {operations.Length} operations; ");
            }
        }

        return undecided.Length == 0
            ? new CheckResult(CheckVerdict.Ok, "", steps)
            : new CheckResult(CheckVerdict.Undecided, $"The budget of {stepsMax} steps ran out at {undecided}", steps);
    }

    /// <summary>Cuts the history at the earliest answer with which it is illegal, then leaves out the reads that do not matter.</summary>
    /// <remarks>Only reads may go: a history is no less legal without one, while a missing write would be a violation of its own.</remarks>
    private static Operation<TInput, TOutput>[] Minimize<TState, TInput, TOutput>(
        Operation<TInput, TOutput>[] operations, ISequentialModel<TState, TInput, TOutput> model)
        where TState : notnull
        where TInput : notnull
    {
        long[] ends = [.. operations.Where(static o => o.Completed is not null).Select(static o => o.Completed!.Value).Order()];
        int low = 0;
        int high = ends.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (IsIllegal(UpTo(operations, ends[middle]), model))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        Operation<TInput, TOutput>[] cut = UpTo(operations, ends[low]);
        if (!IsIllegal(cut, model))
        {
            return operations;
        }

        Operation<TInput, TOutput>[] writes = [.. cut.Where(o => !model.IsRead(o.Input, o.Output))];
        List<Operation<TInput, TOutput>> reads = [.. cut.Where(o => model.IsRead(o.Input, o.Output))];
        for (int size = reads.Count; size >= 1; size /= 2)
        {
            for (int start = 0; start < reads.Count;)
            {
                List<Operation<TInput, TOutput>> fewer = [.. reads[..start], .. reads.Skip(start + size)];
                if (IsIllegal([.. writes, .. fewer], model))
                {
                    reads = fewer;
                }
                else
                {
                    start += size;
                }
            }
        }

        return [.. writes.Concat(reads).OrderBy(static o => o.Invoked)];
    }

    /// <summary>What was known at one point in time: later beginnings are left out, later answers are unknown yet.</summary>
    private static Operation<TInput, TOutput>[] UpTo<TInput, TOutput>(Operation<TInput, TOutput>[] operations, long end) =>
        [.. operations.Where(o => o.Invoked <= end)
            .Select(o => o.Completed is { } completed && completed > end ? o with { Completed = null, Output = default } : o)];

    private static bool IsIllegal<TState, TInput, TOutput>(
        Operation<TInput, TOutput>[] operations, ISequentialModel<TState, TInput, TOutput> model)
        where TState : notnull
        where TInput : notnull =>
        new LinearizationSearch<TState, TInput, TOutput>(operations, model, MinimizeStepsMax).Run() == CheckVerdict.Violation;

    private static string Report<TState, TInput, TOutput>(
        string part, Operation<TInput, TOutput>[] operations, ISequentialModel<TState, TInput, TOutput> model)
        where TState : notnull
        where TInput : notnull
    {
        LinearizationSearch<TState, TInput, TOutput> search = new(operations, model, MinimizeStepsMax);
        search.Run();
        HashSet<Operation<TInput, TOutput>> placed = new(search.Deepest, ReferenceEqualityComparer.Instance);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Not linearizable (part '{part}'). ");
        text.Append(CultureInfo.InvariantCulture, $"The longest legal order ends in state {search.DeepestState}:\n");
        int leftOut = Math.Max(0, search.Deepest.Count - ReportedMax);
        if (leftOut > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  ... {leftOut} earlier operations\n");
        }

        foreach (Operation<TInput, TOutput> operation in search.Deepest.Skip(leftOut))
        {
            text.Append("  ").Append(Line(operation)).Append('\n');
        }

        text.Append("No order goes on from there with:\n");
        foreach (Operation<TInput, TOutput> operation in operations.Where(o => !placed.Contains(o)))
        {
            text.Append("  ").Append(Line(operation)).Append('\n');
        }

        return text.ToString();
    }

    private static string Line<TInput, TOutput>(Operation<TInput, TOutput> operation)
    {
        string answer = operation.Completed is { } completed
            ? string.Create(CultureInfo.InvariantCulture, $"{completed}] -> {operation.Output}")
            : "?] -> outcome unknown";
        return string.Create(CultureInfo.InvariantCulture, $"client {operation.Client} {operation.Input} [{operation.Invoked}..{answer}");
    }
}
