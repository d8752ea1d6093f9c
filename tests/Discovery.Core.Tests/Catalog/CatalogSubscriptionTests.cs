namespace Discovery.Catalog;

public sealed class CatalogSubscriptionTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public void DisposeAsync_FromInsideTheHandler_EndsAfterTheHandler()
    {
        var harness = new CatalogHarness();
        harness.Kernel.Run(async () =>
        {
            var seen = new List<ServiceChangeKind>();
            IAsyncDisposable? own = null;
            own = harness.Catalog.Subscribe("web", async (change, token) =>
            {
                seen.Add(change.Kind);
                await Task.Delay(s_second, harness.Kernel.Time, CancellationToken.None);
                await own!.DisposeAsync();
                Assert.True(token.IsCancellationRequested);
            });
            await harness.Kernel.AdvanceAsync(s_second);
            await harness.ExecuteAsync(Make.Register("n1", "web1", "web"));
            await harness.Kernel.AdvanceAsync(s_second);
            await own.DisposeAsync();
            Assert.Equal([ServiceChangeKind.Current], seen);
            Assert.Equal((0, 0), (harness.WatchMetrics.OpenCount, harness.State.Watches.Count));
        });
    }

    [Fact]
    public void DisposeAsync_HandlerRegisteredACallbackThatThrows_EndsAndCountsIt()
    {
        var harness = new CatalogHarness();
        harness.Kernel.Run(async () =>
        {
            IAsyncDisposable subscription = harness.Catalog.Subscribe("web", (_, token) =>
            {
                token.Register(static () => throw new FormatException("callback"));
                return ValueTask.CompletedTask;
            });
            await harness.Kernel.AdvanceAsync(s_second);
            await subscription.DisposeAsync();
            Assert.Equal(1, harness.WatchMetrics.HandlerFailureCount);
            Assert.Equal(0, harness.State.Watches.Count);
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WatchAsync_CancelledAndForgotten_KeepsNothing(bool isWaiting)
    {
        var harness = new CatalogHarness();
        harness.Kernel.Run(async () =>
        {
            using var cancel = new CancellationTokenSource();
            IAsyncEnumerator<ServiceChange> watch = harness.Catalog.WatchAsync("web", null, cancel.Token).GetAsyncEnumerator();
            Assert.True(await watch.MoveNextAsync());
            Task<bool>? next = isWaiting ? watch.MoveNextAsync().AsTask() : null;
            cancel.Cancel();
            Assert.Equal(0, harness.State.Watches.Count);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next ?? watch.MoveNextAsync().AsTask());
            Assert.Equal(0, harness.WatchMetrics.OpenCount);
        });
    }
}
