using Discovery.Testing;

namespace Discovery.Autopilot;

/// <summary>Whoever follows the state hears of a recovery from the loss of the quorum: what was told before may be gone.</summary>
public sealed class RecoveryWatchTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("discovery-raft-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Watch_OverARecovery_IsToldToBeginAnew()
    {
        var disk = new SimulatedDisk();
        StatePosition before = default;
        Guid lineage = default;
        using (var server = new LonelyServer(disk, _directory))
        {
            server.Kernel.Run(async () =>
            {
                await server.FormatAsync();
                await server.StartAsync();
                await server.LeadAsync();
                await server.PutAsync("a");
                await using IAsyncEnumerator<KeyValueChange> watch = server.Store.WatchAsync("").GetAsyncEnumerator();
                Assert.Equal(KeyValueChangeKind.Initial, (await NextAsync(watch)).Kind);
                await server.PutAsync("b");
                KeyValueChange delta = await NextAsync(watch);
                Assert.Equal((KeyValueChangeKind.Delta, "b"), (delta.Kind, Assert.Single(delta.Deltas).Key.ToString()));
                before = delta.Position;

                await server.LoseQuorumAsync();
                await Task.Delay(TimeSpan.FromSeconds(3), server.Kernel.Time);
                lineage = (await server.Server.RecoverAsync("two disks burnt", CancellationToken.None)).Lineage;
                AssertAnew(await NextAsync(watch), lineage);
                await server.PutAsync("c");
                Assert.Equal("c", Assert.Single((await NextAsync(watch)).Deltas).Key.ToString());
                await using IAsyncEnumerator<KeyValueChange> late = server.Store.WatchAsync("", before).GetAsyncEnumerator();
                AssertAnew(await NextAsync(late), lineage);
            });
        }

        disk.EndProcess();
        using var next = new LonelyServer(disk, _directory);
        next.Kernel.Run(async () =>
        {
            await next.StartAsync();
            await next.LeadAsync();
            await using IAsyncEnumerator<KeyValueChange> watch = next.Store.WatchAsync("", before).GetAsyncEnumerator();
            AssertAnew(await NextAsync(watch), lineage);
        });
    }

    private static void AssertAnew(KeyValueChange change, Guid lineage)
    {
        Assert.Equal((KeyValueChangeKind.Resync, lineage), (change.Kind, change.Position.Lineage));
        Assert.Equal(["a", "b"], change.Entries.Select(static entry => entry.Key.ToString()).Take(2));
    }

    private static async Task<KeyValueChange> NextAsync(IAsyncEnumerator<KeyValueChange> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return watch.Current;
    }
}
