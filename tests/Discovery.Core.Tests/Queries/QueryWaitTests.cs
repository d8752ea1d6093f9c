using System.Diagnostics;
using Discovery.Testing;

namespace Discovery.Core.Tests.Queries;

/// <summary>Real threads that signal one wait: whatever comes between looking and waiting is seen.</summary>
public sealed class QueryWaitTests
{
    private const int Seeds = 20;
    private const int Signals = 300;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Signal_FromOtherThreads_IsNeverLost(int threads)
    {
        LedgerMachine machine = new();
        for (int seed = 1; seed <= Seeds; seed++)
        {
            using QueryWait wait = new(
                machine.Machine, [], (TimeProvider.System, Timeout.InfiniteTimeSpan), CancellationToken.None, CancellationToken.None);
            bool isSeen = await RaceAsync(seed, threads, wait.WaitAsync, wait.Signal, TimeSpan.FromMinutes(1));
            Assert.True(isSeen, $"seed {seed}: a signal was lost");
        }
    }

    [Fact]
    public async Task Signal_PlantedWaitThatForgetsWhatCameBefore_IsCaught()
    {
        var wait = new ForgetfulWait();
        Assert.False(await RaceAsync(1, 1, wait.WaitAsync, wait.Signal, TimeSpan.FromSeconds(1)));
    }

    /// <summary>Each thread signals again when who waits has seen its last signal: a lost one is waited for in vain.</summary>
    /// <returns>Whether each was seen.</returns>
    private static async Task<bool> RaceAsync(int seed, int threads, Func<ValueTask> wait, Action signal, TimeSpan patience)
    {
        int told = 0;
        int seen = 0;
        bool isOver = false;
        Task<bool>[] signalling = [.. Enumerable.Range(0, threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                var random = new Random((seed * threads) + thread);
                bool isSeen = true;
                for (int i = 0; i < Signals && isSeen; i++)
                {
                    int mine = Interlocked.Increment(ref told);
                    signal();
                    long began = Stopwatch.GetTimestamp();
                    while (isSeen && Volatile.Read(ref seen) < mine)
                    {
                        Thread.Yield();
                        isSeen = Stopwatch.GetElapsedTime(began) < patience;
                    }

                    Thread.SpinWait(random.Next(300));
                }

                return isSeen;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        Task waiting = Task.Run(async () =>
        {
            var random = new Random(seed);
            while (!Volatile.Read(ref isOver))
            {
                Volatile.Write(ref seen, Volatile.Read(ref told));
                Thread.SpinWait(random.Next(300));
                await wait();
            }
        });
        bool[] results = await Task.WhenAll(signalling);
        Volatile.Write(ref isOver, true);
        while (!waiting.IsCompleted)
        {
            signal();
            await Task.Yield();
        }

        return Array.TrueForAll(results, static isSeen => isSeen);
    }

    /// <summary>Lets the signal come between looking and waiting each time, rather than hope that it does.</summary>
    private sealed class ForgetfulWait
    {
        private TaskCompletionSource? _waiter;
        private int _signals;

        public ValueTask WaitAsync()
        {
            int before = Volatile.Read(ref _signals);
            while (Volatile.Read(ref _signals) == before)
            {
                Thread.Yield();
            }

            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref _waiter, waiter);
            return new ValueTask(waiter.Task);
        }

        public void Signal()
        {
            Interlocked.Exchange(ref _waiter, null)?.TrySetResult();
            Interlocked.Increment(ref _signals);
        }
    }
}
