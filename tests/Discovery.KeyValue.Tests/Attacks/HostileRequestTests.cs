using Discovery.Testing;

namespace Discovery.KeyValue;

/// <summary>Requests that no sane client sends: refused, or served, and never harmful to the server.</summary>
public sealed class HostileRequestTests
{
    [Fact]
    public void TimesWithoutEnd_AreServedOrRefused_AndTheServerLives() => Run(async node =>
    {
        await Refused(() => node.Store.PutAsync("a", default, new KeyValuePut { TimeToLive = TimeSpan.MaxValue }).AsTask());
        await Refused(() => node.Store.TransactAsync(
            [new KeyValueOperation(KeyValueVerb.Set, "a") { TimeToLive = TimeSpan.MaxValue }]).AsTask());
        await Refused(() => node.Store.TransactAsync(
            [new KeyValueOperation(KeyValueVerb.Set, "a") { TimeToLive = TimeSpan.FromTicks(-5) }]).AsTask());
        await Refused(() => node.Sessions.CreateAsync(new SessionCreation { Lease = TimeSpan.MaxValue }).AsTask());
        await Refused(() => node.Sessions.CreateAsync(new SessionCreation { LockDelay = TimeSpan.MaxValue }).AsTask());
    });

    [Fact]
    public void ValuesThatNoEnumHas_AreRefused() => Run(async node =>
    {
        await Refused(() => node.Store.TransactAsync([new KeyValueOperation((KeyValueVerb)99, "a")]).AsTask());
        await Refused(() => node.Store.TransactAsync(
            [new NodeOperation((CatalogVerb)99, new CatalogNode { Name = "x", Address = "y", Datacenter = "dc1" })]).AsTask());
        await Refused(() => node.Sessions.CreateAsync(new SessionCreation { Behavior = (SessionBehavior)99 }).AsTask());
        await Refused(() => node.Sessions.DestroyAsync(Guid.NewGuid(), (SessionEnd)99).AsTask());
    });

    [Fact]
    public void HistoryOfABusyKey_RingTooSmall_IsFoundAsFarAsItGoes() => Run(
        async node =>
        {
            for (int i = 0; i < 6000; i++)
            {
                await node.Store.PutAsync("busy", BitConverter.GetBytes(i));
            }

            KeyValueHistory history = node.Store.GetHistory("busy");
            Assert.False(history.IsComplete);
            Assert.True(history.Revisions.Count > 1000);
            for (int i = 1; i < history.Revisions.Count; i++)
            {
                Assert.Equal(history.Revisions[i - 1].New!.ModifyIndex, history.Revisions[i].Old!.ModifyIndex);
                Assert.Equal(history.Revisions[i - 1].New!.Value, history.Revisions[i].Old!.Value);
            }
        },
        new StateMachineOptions { RingBytesMax = 1024 * 1024 });

    private static async Task Refused(Func<Task> request)
    {
        DiscoveryException refusal = await Assert.ThrowsAnyAsync<DiscoveryException>(request);
        Assert.Equal(DiscoveryError.InvalidRequest, refusal.Error);
    }

    private static void Run(Func<KeyValueNode, Task> test, StateMachineOptions? options = null)
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var node = new KeyValueNode(kernel, stateOptions: options);
            await node.AddNodeAsync("n1");
            await test(node);
        });
    }
}
