using Discovery.Testing;

namespace Discovery.Core.Tests.Queries;

/// <summary>Changes, ends of waits, callers who leave and a stop of the node at the same moments: nobody sleeps over a change.</summary>
public sealed class QueryRaceTests
{
    private const int Seeds = 120;
    private const int Queries = 40;
    private const int Milliseconds = 30;

    [Fact]
    public void QueryAsync_EverythingAtTheSameMoments_ReturnsAtTheFirstThatConcernsIt()
    {
        int changed = 0;
        int ended = 0;
        int left = 0;
        for (int seed = 1; seed <= Seeds; seed++)
        {
            var race = new Race(seed, topicOf: "a");
            Assert.True(race.Run() is not { } error, $"seed {seed}: {race.Error}");
            changed += race.Changed;
            ended += race.Ended;
            left += race.Left;
        }

        Assert.True(changed > 500 && ended > 500 && left > 200, $"{changed} changed, {ended} ended, {left} left");
    }

    [Fact]
    public void QueryAsync_ReadThatDeclaresAnotherTopic_IsCaught() =>
        Assert.Contains(Enumerable.Range(1, 10), static seed => new Race(seed, topicOf: "b").Run() is not null);

    /// <summary>One seeded run. Values of item a only grow, so that every change of it shows.</summary>
    private sealed class Race(int seed, string topicOf)
    {
        private readonly SimulationKernel _kernel = new(seed);
        private readonly List<(TimeSpan Time, ulong Index, long Value)> _history = [];
        private readonly List<Action> _judgements = [];
        private readonly NodeLifetime _lifetime = new();
        private TimeSpan _stopsAt;

        public int Changed { get; private set; }

        public int Ended { get; private set; }

        public int Left { get; private set; }

        public string? Error { get; private set; }

        /// <returns>What was wrong, or null.</returns>
        public string? Run()
        {
            _kernel.Run(async () =>
            {
                await using LedgerNode node = new(_kernel);
                var metrics = new QueryMetrics(new TestMeterFactory());
                var queries = new StateQueries(node.Log, node.Runtime, metrics, _lifetime);
                Random random = _kernel.CreateRandom();
                await PutAsync(node, 0);
                TimeSpan began = _kernel.Time.Elapsed;
                _stopsAt = began + TimeSpan.FromMilliseconds(Milliseconds + 5);
                List<Task> tasks = [WriteAsync(node, random), StopAsync()];
                for (int i = 0; i < Queries; i++)
                {
                    tasks.Add(QueryAsync(node, queries, random));
                }

                await Task.WhenAll(tasks);
                _judgements.ForEach(static judge => judge());
                Fail(metrics.SpuriousCount > 0, $"{metrics.SpuriousCount} spurious");
                Fail(metrics.BlockedCount != 0 || node.Machine.Watches.Count != 0, "somebody waits still");
            });
            return Error;
        }

        private async Task PutAsync(LedgerNode node, long value)
        {
            CommandResult<long> written = await node.PutAsync("a", "", value);
            _history.Add((_kernel.Time.Elapsed, written.Index, value));
        }

        private async Task WriteAsync(LedgerNode node, Random random)
        {
            for (int i = 1; i <= Milliseconds; i++)
            {
                await DelayAsync(1);
                if (random.Next(3) == 0)
                {
                    await node.PutAsync("b", "", i);
                }

                if (random.Next(4) == 0)
                {
                    await PutAsync(node, i);
                }
            }
        }

        private async Task StopAsync()
        {
            await DelayAsync(Milliseconds + 5);
            _lifetime.Stop();
        }

        private async Task QueryAsync(LedgerNode node, StateQueries queries, Random random)
        {
            await DelayAsync(random.Next(Milliseconds));
            TimeSpan start = _kernel.Time.Elapsed;
            ulong after = node.State.IndexOf(node.Ledger.ItemTopic("a")) + (ulong)(random.Next(4) == 0 ? random.Next(8) : 0);
            TimeSpan wait = TimeSpan.FromMilliseconds(random.Next(1, 12));
            TimeSpan leaves = random.Next(4) == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 12)) : TimeSpan.FromDays(1);
            using var leaving = new CancellationTokenSource(leaves, _kernel.Time);
            TimeSpan end = start + (wait < leaves ? wait : leaves);
            end = end < _stopsAt ? end : _stopsAt;
            try
            {
                QueryReply<long?> reply = await queries.QueryAsync(
                    (snapshot, topics) =>
                    {
                        topics.Add(node.Ledger.ItemTopic(topicOf));
                        return snapshot.Get(node.Ledger.Items, LedgerModule.Key("a"))?.Value;
                    },
                    null,
                    new QueryOptions { AfterIndex = after, Wait = wait },
                    leaving.Token);
                TimeSpan now = _kernel.Time.Elapsed;

                // Later: who waits is woken before who wrote has his answer, and notes the change.
                _judgements.Add(() => Judge(now, start, after, end, reply.Body));
            }
            catch (OperationCanceledException)
            {
                Left++;
                Fail(_kernel.Time.Elapsed != start + leaves, "left at another moment");
                Fail(leaves > wait, "left after its wait");
            }
        }

        private void Judge(TimeSpan now, TimeSpan start, ulong after, TimeSpan end, long? body)
        {
            TimeSpan? change = _history.FindAll(one => one.Index > after && one.Time >= start) is [var first, ..] ? first.Time : null;
            TimeSpan due = change < end ? change.Value : end;
            Fail(now != due, $"from {start} after {after}: returned at {now} instead of {due}");
            Fail(!_history.Exists(one => one.Value == body && one.Time <= now), $"told {body}, which was not there at {now}");
            Fail(change < now && _history.FindLast(one => one.Time < now).Value > body, $"told {body}, which is older than {now}");
            Changed += change < end ? 1 : 0;
            Ended += change < end ? 0 : 1;
        }

        private void Fail(bool isWrong, string error) => Error ??= isWrong ? error : null;

        private Task DelayAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), _kernel.Time);
    }
}
