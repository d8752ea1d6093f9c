using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Discovery.Infrastructure;

/// <summary>What all requests share: the routes, the options, the node.</summary>
internal sealed class ApiServer
{
    private readonly Random _jitter;
    private readonly Lock _jitterLock = new();
    private int _blocking;

    public ApiServer(
        IEnumerable<IEndpointGroup> groups,
        IDiscoveryNode node,
        IOptions<HttpApiOptions> options,
        NodeRuntime runtime,
        ILogger<ApiServer> logger)
    {
        Node = node;
        Options = options.Value;
        ResponseHeaders = [.. Options.ResponseHeaders];
        Logger = logger;
        Access = new ApiAccess(Options, node.Name);
        Time = runtime.Time;
        _jitter = runtime.CreateRandom();
        foreach (IEndpointGroup group in groups)
        {
            group.Map(Routes);
        }
    }

    public ApiRoutes Routes { get; } = new();

    public ApiAccess Access { get; }

    public IDiscoveryNode Node { get; }

    public HttpApiOptions Options { get; }

    public KeyValuePair<string, string>[] ResponseHeaders { get; }

    public ILogger Logger { get; }

    public TimeProvider Time { get; }

    /// <summary>How many blocking queries are open.</summary>
    public int BlockingCount => Volatile.Read(ref _blocking);

    /// <summary>How long a query waits that asks for <paramref name="wait"/>: within the limits, and up to a sixteenth longer.</summary>
    /// <remarks>The addition spreads the returns of many clients that began at one moment.</remarks>
    public TimeSpan WaitOf(TimeSpan wait)
    {
        lock (_jitterLock)
        {
            return BlockingTime.Of(wait, Options.DefaultQueryTime, Options.MaxQueryTime, _jitter);
        }
    }

    /// <summary>Counts a blocking query; false when there are as many as there may be.</summary>
    public bool TryEnterBlocking()
    {
        if (Interlocked.Increment(ref _blocking) <= Options.BlockedQueriesMax)
        {
            return true;
        }

        Interlocked.Decrement(ref _blocking);
        return false;
    }

    public void LeaveBlocking() => Interlocked.Decrement(ref _blocking);
}
