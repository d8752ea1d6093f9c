using System.Threading.Channels;

namespace Discovery.Testing.Tests.Kernel;

/// <summary>Every awaitable that production loops use comes back to the kernel.</summary>
public sealed class AwaitableTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly SimulationKernel _kernel = new(11);

    [Fact]
    public void Await_TaskCompletionSource_StaysOnTheKernel() => RunPair(async source => await source.Task);

    [Fact]
    public void Await_ConfigureAwaitFalse_StaysOnTheKernelAndIsCounted()
    {
        RunPair(async source => await source.Task.ConfigureAwait(false));
        Assert.Equal(1, _kernel.Hops);
    }

    [Fact]
    public void Await_WaitAsyncThatCompletes_StaysOnTheKernel() =>
        RunPair(async source => await source.Task.WaitAsync(Second * 60, _kernel.Time));

    [Fact]
    public void Await_WhenAny_StaysOnTheKernel() =>
        RunPair(async source => await Task.WhenAny(source.Task, Task.Delay(Second * 60, _kernel.Time)));

    [Fact]
    public void Await_WhenAll_StaysOnTheKernel() =>
        RunPair(async source => await Task.WhenAll(source.Task, Task.Delay(Second, _kernel.Time)));

    [Fact]
    public void Await_WaitAsyncThatTimesOut_ThrowsAtTheExactTime()
    {
        RunChecked(async () =>
        {
            TaskCompletionSource never = new(TaskCreationOptions.RunContinuationsAsynchronously);
            await Assert.ThrowsAsync<TimeoutException>(() => never.Task.WaitAsync(Second * 3, _kernel.Time));
        });
        Assert.Equal(Second * 3, _kernel.Time.Elapsed);
    }

    [Fact]
    public void Await_SemaphoreWithToken_StaysOnTheKernel()
    {
        using CancellationTokenSource source = new();
        using SemaphoreSlim semaphore = new(0);
        RunChecked(async () =>
        {
            Task release = _kernel.Start(async () =>
            {
                await Task.Delay(Second, _kernel.Time);
                semaphore.Release(2);
            });
            await semaphore.WaitAsync(source.Token);
            _kernel.AssertOnKernel();
            await semaphore.WaitAsync();
            _kernel.AssertOnKernel();
            await release;
        });
    }

    [Fact]
    public void Await_PeriodicTimer_TicksAtExactTimes()
    {
        List<TimeSpan> ticks = [];
        RunChecked(async () =>
        {
            using PeriodicTimer timer = new(Second, _kernel.Time);
            for (int i = 0; i < 3; i++)
            {
                await timer.WaitForNextTickAsync();
                _kernel.AssertOnKernel();
                ticks.Add(_kernel.Time.Elapsed);
            }
        });
        Assert.Equal([Second, Second * 2, Second * 3], ticks);
    }

    [Fact]
    public void Await_DelayedCancellation_CancelsAtTheExactTime()
    {
        RunChecked(async () =>
        {
            using CancellationTokenSource source = new(Second * 2, _kernel.Time);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Second * 9, _kernel.Time, source.Token));
        });
        Assert.Equal(Second * 2, _kernel.Time.Elapsed);
    }

    [Fact]
    public void Await_CancelAsync_StaysOnTheKernel() => RunChecked(async () =>
    {
        using CancellationTokenSource source = new();
        bool called = false;
        source.Token.Register(() => called = _kernel.IsOnKernel);
        await source.CancelAsync();
        Assert.True(called);
    });

    [Fact]
    public void Await_TaskRun_StaysOnTheKernel() => RunChecked(async () => Assert.True(await Task.Run(() => _kernel.IsOnKernel)));

    [Fact]
    public void Await_Channel_StaysOnTheKernel()
    {
        Channel<int> channel = Channel.CreateBounded<int>(1);
        List<int> read = [];
        RunChecked(async () =>
        {
            Task writer = _kernel.Start(async () =>
            {
                for (int i = 0; i < 5; i++)
                {
                    await channel.Writer.WriteAsync(i);
                    _kernel.AssertOnKernel();
                }

                channel.Writer.Complete();
            });
            while (await channel.Reader.WaitToReadAsync())
            {
                _kernel.AssertOnKernel();
                while (channel.Reader.TryRead(out int value))
                {
                    read.Add(value);
                }
            }

            await channel.Reader.Completion;
            await writer;
        });
        Assert.Equal([0, 1, 2, 3, 4], read);
    }

    [Fact]
    public void Await_AsyncEnumerable_StaysOnTheKernel()
    {
        List<int> read = [];
        RunChecked(async () =>
        {
            await foreach (int value in Numbers())
            {
                _kernel.AssertOnKernel();
                read.Add(value);
            }
        });
        Assert.Equal([0, 1, 2], read);
        Assert.Equal(Second * 3, _kernel.Time.Elapsed);

        async IAsyncEnumerable<int> Numbers()
        {
            for (int i = 0; i < 3; i++)
            {
                await Task.Delay(Second, _kernel.Time);
                yield return i;
            }
        }
    }

    [Fact]
    public void Await_ReadAllAsyncOfAChannel_IsDetectedAsAnEscape()
    {
        Channel<int> channel = Channel.CreateUnbounded<int>();
        KernelEscapeException escape = Assert.Throws<KernelEscapeException>(() => _kernel.Run(async () =>
        {
            _ = _kernel.Start(async () =>
            {
                await Task.Delay(Second, _kernel.Time);
                channel.Writer.TryWrite(1);
            });
            await foreach (int value in channel.Reader.ReadAllAsync())
            {
                return;
            }
        }));
        Assert.StartsWith(
            "Seed 11, at 00:00:01: work was queued to the thread pool past the kernel.", escape.Message, StringComparison.Ordinal);
        Assert.Contains("TryWrite", escape.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void QueueTask_FromAForeignThreadWhileRunning_IsDetectedAsAnEscape()
    {
        Assert.Throws<KernelEscapeException>(() => _kernel.Run(async () =>
        {
            Thread thread = new(() => _ = _kernel.Start(() => Task.CompletedTask));
            thread.Start();
            thread.Join();
            await Task.Yield();
        }));
    }

    [Fact]
    public void CreateTimer_FromAForeignThreadWhileRunning_IsDetectedAsAnEscape()
    {
        Assert.Throws<KernelEscapeException>(() => _kernel.Run(async () =>
        {
            Thread thread = new(() => _kernel.Time.CreateTimer(static _ => { }, null, Second, Second));
            thread.Start();
            thread.Join();
            await Task.Yield();
        }));
    }

    [Fact]
    public async Task AdvanceAsync_WakesAnAwaitOfTheTestItself_ContinuesInTheTestsOwnContext()
    {
        TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task outside = AwaitAsync(source.Task);
        _ = _kernel.Start(async () =>
        {
            await Task.Delay(Second, _kernel.Time);
            source.SetResult();
        });
        await _kernel.AdvanceAsync(Second);
        await outside;
    }

    [Fact]
    public async Task AdvanceAsync_WakesAnAwaitBegunByStart_HasItsResult()
    {
        TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task inside = _kernel.Start(() => AwaitAsync(source.Task));
        _ = _kernel.Start(async () =>
        {
            await Task.Delay(Second, _kernel.Time);
            source.SetResult();
        });
        await _kernel.AdvanceAsync(Second);
        Assert.True(inside.IsCompletedSuccessfully);
    }

    [Fact]
    public void AssertOnKernel_OutsideOfARun_Throws() => Assert.Throws<KernelEscapeException>(_kernel.AssertOnKernel);

    private static async Task AwaitAsync(Task task) => await task;

    private void RunPair(Func<TaskCompletionSource, Task> wait)
    {
        TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RunChecked(async () =>
        {
            _ = _kernel.Start(async () =>
            {
                await Task.Delay(Second, _kernel.Time);
                source.SetResult();
            });
            await wait(source);
        });
        Assert.Equal(Second, _kernel.Time.Elapsed);
    }

    private void RunChecked(Func<Task> body)
    {
        _kernel.Run(async () =>
        {
            await body();
            _kernel.AssertOnKernel();
        });
        Assert.Equal(0, _kernel.Escapes);
    }
}
