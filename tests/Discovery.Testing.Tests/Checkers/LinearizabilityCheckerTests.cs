using System.Diagnostics;

namespace Discovery.Testing.Tests.Checkers;

using Op = Operation<KeyValueInput, KeyValueOutput>;

public sealed class LinearizabilityCheckerTests
{
    private static readonly KeyValueModel Model = new();

    [Fact]
    public void Check_EmptyHistory_IsOk() => Assert.Equal(CheckVerdict.Ok, Check().Verdict);

    [Fact]
    public void Check_StaleRead_IsViolationWithAShortReport()
    {
        CheckResult result = Check(
            Put(1, 1, 2, "a"), Get(2, 3, 4, "a"), Put(1, 5, 6, "b"), Get(3, 7, 8, "b"), Get(2, 9, 10, "a"), Get(2, 11, 12, "b"));
        Assert.Equal(CheckVerdict.Violation, result.Verdict);
        Assert.Equal(
            """
            Not linearizable (part 'k'). The longest legal order ends in state b:
              client 1 put k=a [1..2] -> ok none
              client 1 put k=b [5..6] -> ok none
            No order goes on from there with:
              client 2 get k [9..10] -> ok a

            """,
            result.Report);
    }

    [Fact]
    public void Check_ReadOfEitherOfTwoConcurrentWrites_IsOk()
    {
        Assert.Equal(CheckVerdict.Ok, Check(Put(1, 1, 10, "a"), Put(2, 2, 9, "b"), Get(3, 11, 12, "a")).Verdict);
        Assert.Equal(CheckVerdict.Ok, Check(Put(1, 1, 10, "a"), Put(2, 2, 9, "b"), Get(3, 11, 12, "b")).Verdict);
    }

    [Fact]
    public void Check_TwoReadersDisagreeOnTheOrderOfWrites_IsViolation() => Assert.Equal(
        CheckVerdict.Violation,
        Check(Put(1, 1, 10, "a"), Put(2, 2, 20, "b"), Get(3, 11, 12, "b"), Get(3, 13, 14, "a"), Get(4, 15, 16, "b")).Verdict);

    [Fact]
    public void Check_LostWrite_IsViolation() =>
        Assert.Equal(CheckVerdict.Violation, Check(Put(1, 1, 2, "a"), Get(2, 3, 4, null)).Verdict);

    [Fact]
    public void Check_UnknownWriteSeenLater_IsOk() => Assert.Equal(
        CheckVerdict.Ok, Check(Put(1, 1, null, "a"), Get(2, 3, 4, null), Get(2, 5, 6, "a"), Get(2, 7, 8, "a")).Verdict);

    [Fact]
    public void Check_UnknownWriteAppliedTwice_IsViolation() => Assert.Equal(
        CheckVerdict.Violation,
        Check(Put(1, 1, null, "a"), Get(2, 3, 4, "a"), Put(2, 5, 6, "b"), Get(2, 7, 8, "b"), Get(2, 9, 10, "a")).Verdict);

    [Fact]
    public void Check_CasThatBothWon_IsViolation() =>
        Assert.Equal(CheckVerdict.Violation, Check(Cas(1, 1, 10, null, "a", true), Cas(2, 2, 9, null, "b", true)).Verdict);

    [Fact]
    public void Check_CasRefusedAlthoughItHadToWin_IsViolation() =>
        Assert.Equal(CheckVerdict.Violation, Check(Put(1, 1, 2, "a"), Cas(2, 3, 4, "a", "b", false)).Verdict);

    [Fact]
    public void Check_WriteReadBeforeItBegan_IsViolation() =>
        Assert.Equal(CheckVerdict.Violation, Check(Get(2, 1, 2, "a"), Put(1, 3, 4, "a")).Verdict);

    [Fact]
    public void Check_DeleteThenReadOfTheOldValue_IsViolation() => Assert.Equal(
        CheckVerdict.Violation,
        Check(Put(1, 1, 2, "a"), new Op(1, new(RegisterVerb.Delete, "k"), 3) { Completed = 4, Output = new() }, Get(1, 5, 6, "a")).Verdict);

    [Fact]
    public void Check_BudgetTooSmall_IsUndecidedNeverOk()
    {
        Op[] history = Generate(new Random(1), 200, 8, 1, 0.1);
        Assert.Equal(CheckVerdict.Ok, LinearizabilityChecker.Check(history, Model).Verdict);
        CheckResult result = LinearizabilityChecker.Check(history, Model, 50);
        Assert.Equal(CheckVerdict.Undecided, result.Verdict);
        Assert.StartsWith("The budget of 50 steps ran out at part 'k0' with 200 operations", result.Report, StringComparison.Ordinal);
        Assert.Throws<CheckFailedException>(result.AssertOk);
    }

    [Fact]
    public void Check_GeneratedLegalHistories_AreOk()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            Random random = new(seed);
            Op[] history = Generate(random, random.Next(5, 120), random.Next(1, 9), random.Next(1, 4), random.Next(3) * 0.05);
            CheckResult result = LinearizabilityChecker.Check(history, Model);
            Assert.True(result.Verdict == CheckVerdict.Ok, $"seed {seed}: {result.Verdict} {result.Report}");
        }
    }

    [Fact]
    public void Check_GeneratedHistoriesWithAReadFromNowhere_AreViolations()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            Op[] history = Generate(random, 100, random.Next(1, 9), 2, 0.05);
            int[] reads = [.. Enumerable.Range(0, history.Length)
                .Where(i => history[i].Input.Verb == RegisterVerb.Get && history[i].Completed is not null)];
            int planted = reads[random.Next(reads.Length)];
            history[planted] = history[planted] with { Output = new KeyValueOutput(true, "never written") };
            CheckResult result = LinearizabilityChecker.Check(history, Model);
            Assert.True(result.Verdict == CheckVerdict.Violation, $"seed {seed}: {result.Verdict}");
            Assert.Contains("never written", result.Report, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Check_SmallRandomHistories_AgreeWithTryingEveryOrder()
    {
        int[] verdicts = new int[3];
        for (int seed = 0; seed < 3000; seed++)
        {
            Op[] history = RandomAnswers(new Random(seed));
            CheckVerdict expected = IsLegalByTryingEveryOrder(history, Model.Initial) ? CheckVerdict.Ok : CheckVerdict.Violation;
            CheckVerdict actual = LinearizabilityChecker.Check(history, Model).Verdict;
            Assert.True(
                expected == actual, $"expected {expected}, seed {seed}: {string.Join('\n', history.Select(static o => o.ToString()))}");
            verdicts[(int)actual]++;
        }

        Assert.True(verdicts[0] > 300 && verdicts[1] > 300, $"{verdicts[0]} ok, {verdicts[1]} violations");
    }

    [Fact]
    public void Check_TwoThousandOperationsOnOneKey_TakesFewSteps()
    {
        Op[] legal = Generate(new Random(5), 2000, 10, 1, 0.01);
        long started = Stopwatch.GetTimestamp();
        CheckResult result = LinearizabilityChecker.Check(legal, Model);
        Assert.Equal(CheckVerdict.Ok, result.Verdict);
        Assert.True(result.Steps < 1_000_000, $"{result.Steps} steps");
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), $"{Stopwatch.GetElapsedTime(started)}");
    }

    private static CheckResult Check(params Op[] history) => LinearizabilityChecker.Check(history, Model);

    private static Op Put(int client, long from, long? to, string value) =>
        new(client, new(RegisterVerb.Put, "k", value), from) { Completed = to, Output = new() };

    private static Op Get(int client, long from, long to, string? value) =>
        new(client, new(RegisterVerb.Get, "k"), from) { Completed = to, Output = new(true, value) };

    private static Op Cas(int client, long from, long to, string? expected, string value, bool won) =>
        new(client, new(RegisterVerb.Cas, "k", value, expected), from) { Completed = to, Output = new(won) };

    /// <summary>A history that a correct store gave: each operation takes effect at some point between beginning and answer.</summary>
    private static Op[] Generate(Random random, int count, int clients, int keys, double unknownShare)
    {
        Dictionary<string, KeyValueState> store = new(StringComparer.Ordinal);
        History<KeyValueInput, KeyValueOutput> history = new();
        (int Number, KeyValueInput Input, KeyValueOutput? Output)?[] running = new (int, KeyValueInput, KeyValueOutput?)?[clients];
        List<KeyValueInput> late = [];
        for (int begun = 0; begun < count || running.Any(static r => r is not null);)
        {
            int client = random.Next(clients);
            if (running[client] is not { } operation)
            {
                if (begun < count)
                {
                    KeyValueInput input = RandomInput(random, $"k{random.Next(keys)}", $"v{begun}", store);
                    running[client] = (history.Invoke(client, input), input, null);
                    begun++;
                }
            }
            else if (random.NextDouble() < unknownShare)
            {
                late.AddRange(operation.Output is null ? [operation.Input] : []);
                running[client] = null;
            }
            else if (operation.Output is null)
            {
                running[client] = operation with { Output = Apply(store, operation.Input) };
            }
            else
            {
                history.Complete(operation.Number, operation.Output);
                running[client] = null;
            }

            if (late.Count > 0 && random.Next(20) == 0)
            {
                Apply(store, late[0]);
                late.RemoveAt(0);
            }
        }

        return [.. history.Operations];
    }

    private static KeyValueInput RandomInput(Random random, string key, string value, Dictionary<string, KeyValueState> store) =>
        random.Next(10) switch
        {
            < 4 => new(RegisterVerb.Get, key),
            < 7 => new(RegisterVerb.Put, key, value),
            < 9 => new(RegisterVerb.Cas, key, value, store.GetValueOrDefault(key).Value),
            _ => new(RegisterVerb.Delete, key),
        };

    private static KeyValueOutput Apply(Dictionary<string, KeyValueState> store, KeyValueInput input)
    {
        KeyValueState state = store.GetValueOrDefault(input.Key);
        store[input.Key] = Model.ApplyUnknown(state, input);
        return new KeyValueOutput(
            input.Verb != RegisterVerb.Cas || string.Equals(state.Value, input.Expected, StringComparison.Ordinal),
            input.Verb == RegisterVerb.Get ? state.Value : null);
    }

    private static Op[] RandomAnswers(Random random)
    {
        string?[] values = [null, "a", "b"];
        return [.. Enumerable.Range(0, random.Next(1, 7)).Select(i =>
        {
            long from = random.Next(12);
            KeyValueInput input = new(
                (RegisterVerb)random.Next(4), "k", values[random.Next(1, 3)], values[random.Next(3)]);
            KeyValueOutput output = new(
                input.Verb != RegisterVerb.Cas || random.Next(2) == 0, input.Verb == RegisterVerb.Get ? values[random.Next(3)] : null);
            return new Op(i, input, from) { Completed = random.Next(5) == 0 ? null : from + random.Next(1, 8), Output = output };
        })];
    }

    private static bool IsLegalByTryingEveryOrder(Op[] rest, KeyValueState state)
    {
        if (rest.All(static o => o.Completed is null))
        {
            return true;
        }

        long firstAnswer = rest.Min(static o => o.Completed ?? long.MaxValue);
        return rest.Where(o => o.Invoked <= firstAnswer).Any(operation =>
        {
            Op[] without = [.. rest.Where(o => !ReferenceEquals(o, operation))];
            return operation.Completed is null
                ? IsLegalByTryingEveryOrder(without, Model.ApplyUnknown(state, operation.Input))
                : Model.TryApply(state, operation.Input, operation.Output!, out KeyValueState next)
                    && IsLegalByTryingEveryOrder(without, next);
        });
    }
}
