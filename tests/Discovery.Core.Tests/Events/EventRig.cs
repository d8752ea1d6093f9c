using System.Net;
using Discovery.DependencyInjection;
using Discovery.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Discovery.Events;

/// <summary>A node, n1, on virtual time that takes three servers to be its members, and records what it calls them for.</summary>
internal sealed class EventRig : IMembershipSource, IRpcClient, IAsyncDisposable
{
    private readonly IReadOnlyList<Member> _members;

    public EventRig(SimulationKernel kernel, Action<IDiscoveryBuilder>? configure = null)
    {
        Kernel = kernel;
        Node = new TestNode(kernel, builder =>
        {
            builder.Services.AddSingleton<IMembershipSource>(this);
            builder.Services.AddSingleton<IRpcClient>(this);
            configure?.Invoke(builder);
        });
        _members =
        [
            Server("n1", Node.Node.Id, MemberStatus.Alive), Server("n2", Guid.NewGuid(), MemberStatus.Alive),
            Server("n3", Guid.NewGuid(), MemberStatus.Alive), Server("n4", Guid.NewGuid(), MemberStatus.Failed),
        ];
    }

    public SimulationKernel Kernel { get; }

    public TestNode Node { get; }

    public IUserEvents Events => Node.Node.Events;

    public IUserEventReceiver Receiver => Node.Get<IUserEventReceiver>();

    public IReadOnlyList<string> Lines => ((RecordingLogger<UserEventLog>)Node.Get<ILogger<UserEventLog>>()).Lines;

    public IReadOnlyList<string> Losses => ((RecordingLogger<EventOutboxes>)Node.Get<ILogger<EventOutboxes>>()).Lines;

    /// <summary>The calls: whom, and what.</summary>
    public List<(string Server, byte[] Body)> Calls { get; } = [];

    /// <summary>What a call of a server does before it is answered.</summary>
    public Func<string, Task> Answering { get; set; } = static _ => Task.CompletedTask;

    /// <summary>How far the clocks of the others are.</summary>
    public byte OthersTime { get; set; }

    public IReadOnlyList<Member> Members => _members;

    public IReadOnlyList<Member> WanMembers => [];

    public static void Run(Func<EventRig, Task> body, Action<IDiscoveryBuilder>? configure = null)
    {
        var kernel = new SimulationKernel();
        kernel.Run(async () =>
        {
            await using var rig = new EventRig(kernel, configure);
            await rig.Node.StartAsync();
            await body(rig);
            await rig.Node.StopAsync();
        });
    }

    /// <summary>An event as another node sends it.</summary>
    public static UserEventMessage Message(
        string name, ulong time = 1, string payload = "", UserEventFilter? filter = null, int version = 1, Guid? id = null) =>
        new(time, name, UserEventCodec.Encode(new UserEvent
        {
            Id = id ?? Guid.NewGuid(),
            Name = name,
            Payload = System.Text.Encoding.UTF8.GetBytes(payload),
            Filter = filter ?? UserEventFilter.All,
            Version = version,
        }));

    public async ValueTask<ReadOnlyMemory<byte>> CallAsync(
        IReadOnlyList<DnsEndPoint> servers,
        string method,
        ReadOnlyMemory<byte> body,
        RpcCallOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        Assert.Equal(("Event.Spread", RpcCallKind.Read), (method, options!.Kind));
        string server = $"{servers.Single().Host}:{servers.Single().Port}";
        Calls.Add((server, body.ToArray()));
        await Answering(server);
        return new byte[] { 0x81, 0xa5, (byte)'L', (byte)'T', (byte)'i', (byte)'m', (byte)'e', OthersTime };
    }

    public async ValueTask WaitForChangeAsync(IReadOnlyList<Member> seen, CancellationToken cancellationToken = default) =>
        await Task.Delay(Timeout.InfiniteTimeSpan, Kernel.Time, cancellationToken);

    public ValueTask<int> JoinAsync(IReadOnlyList<string> addresses, MemberPool pool, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask LeaveAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask ForceLeaveAsync(string node, ForceLeaveMode mode, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync() => Node.DisposeAsync();

    private static Member Server(string name, Guid id, MemberStatus status) => new()
    {
        Name = name,
        Address = name,
        Status = status,
        Tags = new Dictionary<string, string> { ["role"] = "consul", ["id"] = id.ToString("D"), ["port"] = "8300" },
    };
}
