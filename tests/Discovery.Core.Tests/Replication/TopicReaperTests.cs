using Discovery.Testing;

namespace Discovery.Core.Tests.Replication;

public sealed class TopicReaperTests
{
    [Fact]
    public void Run_TopicsAbsentForAQuarterOfAnHour_AreReapedInBatches()
    {
        SimulationKernel kernel = new(1);
        kernel.Run(async () =>
        {
            await using LedgerNode node = new(kernel);
            using CancellationTokenSource stop = new();
            TopicReaper reaper = new(node.Log, node.Runtime, new TopicReaperOptions { BatchTopics = 3 });
            Task running = node.Runtime.Start(() => reaper.RunAsync(stop.Token));
            for (int i = 0; i < 8; i++)
            {
                await node.PutAsync("n" + i, "g", i);
            }

            await kernel.AdvanceAsync(TimeSpan.FromSeconds(90));
            ulong deleted = 0;
            for (int i = 0; i < 7; i++)
            {
                deleted = (await node.DeleteAsync("n" + i)).Index;
            }

            await kernel.AdvanceAsync(TimeSpan.FromMinutes(15));
            Assert.True(node.State.Topics.HasAbsentUpTo(deleted));
            Assert.Equal(deleted, node.State.Index);
            await kernel.AdvanceAsync(TimeSpan.FromMinutes(2));
            Assert.False(node.State.Topics.HasAbsentUpTo(ulong.MaxValue));
            Assert.Equal(deleted + 3, node.State.Index);
            Assert.Equal(deleted, node.State.IndexOf(node.Ledger.ItemTopic("n6")));
            Assert.Equal(10UL, node.State.IndexOf(node.Ledger.ItemTopic("n7")));
            Assert.Equal(deleted, node.State.IndexOf(node.Ledger.ItemTopic("never there")));
            Assert.Equal(deleted, node.State.IndexOf(node.Ledger.GroupTopic("g")));
            await kernel.AdvanceAsync(TimeSpan.FromHours(1));
            Assert.Equal(deleted + 3, node.State.Index);
            stop.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        });
    }

    [Fact]
    public void Run_NotTheLeader_ProposesNothing()
    {
        SimulationKernel kernel = new(1);
        kernel.Run(async () =>
        {
            await using LedgerNode node = new(kernel);
            FaultyCommandLogOptions faults = new() { DelayMax = TimeSpan.FromDays(9) };
            FaultyCommandLog log = new(node.Log, node.Runtime, kernel.CreateRandom(), faults);
            using CancellationTokenSource stop = new();
            TopicReaper reaper = new(log, node.Runtime, new TopicReaperOptions());
            Task running = node.Runtime.Start(() => reaper.RunAsync(stop.Token));
            await node.PutAsync("n", "", 1);
            ulong deleted = (await node.DeleteAsync("n")).Index;
            log.LoseLeadership();
            await kernel.AdvanceAsync(TimeSpan.FromMinutes(40));
            Assert.Equal(deleted, node.State.Index);
            stop.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        });
    }
}
