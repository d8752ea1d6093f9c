using Microsoft.Extensions.Options;

namespace Discovery.Infrastructure;

public sealed class ApiServerTests
{
    [Theory]
    [InlineData(0, 300)]
    [InlineData(-5, 300)]
    [InlineData(10, 10)]
    [InlineData(600, 600)]
    [InlineData(100_000, 600)]
    public void WaitOf_AnyTime_IsWithinTheLimitsAndUpToASixteenthMore(int asked, int seconds)
    {
        var least = TimeSpan.FromSeconds(seconds);
        ApiServer server = Server(new HttpApiOptions());

        TimeSpan[] waits = [.. Enumerable.Range(0, 1000).Select(_ => server.WaitOf(TimeSpan.FromSeconds(asked)))];

        Assert.All(waits, wait => Assert.InRange(wait, least, least * 17 / 16));
        Assert.True(waits.Max() - waits.Min() > least / 20, "they are spread");
    }

    [Fact]
    public void TryEnterBlocking_BeyondTheLimit_IsRefusedUntilOneHasLeft()
    {
        ApiServer server = Server(new HttpApiOptions { BlockedQueriesMax = 2 });

        Assert.Equal([true, true, false, false], Enumerable.Range(0, 4).Select(_ => server.TryEnterBlocking()));
        server.LeaveBlocking();
        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(_ => server.TryEnterBlocking()));
        Assert.Equal(2, server.BlockingCount);
    }

    private static ApiServer Server(HttpApiOptions options) => new(
        [],
        new FixedNode(),
        Options.Create(options),
        new NodeRuntime(TimeProvider.System, TaskScheduler.Default, seed: 1),
        Microsoft.Extensions.Logging.Abstractions.NullLogger<ApiServer>.Instance);

    private sealed class FixedNode : IDiscoveryNode
    {
        public string Name => "n1";

        public Guid Id => default;

        public string Datacenter => "dc1";

        public string Address => "127.0.0.1";

        public IServiceCatalog Catalog => throw new NotSupportedException();

        public ILocalAgent Agent => throw new NotSupportedException();

        public ICoordinates Coordinates => throw new NotSupportedException();

        public IUserEvents Events => throw new NotSupportedException();

        public NodeStatus Status => throw new NotSupportedException();
    }
}
