using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>The other servers as this one sees them: where they were last, and whether they answer.</summary>
internal sealed class ServerList : IServerDirectory
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (KnownServer Server, long HeardAt)> _heard = new(StringComparer.Ordinal);
    private IReadOnlyList<KnownServer> _servers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<KnownServer> Servers => Volatile.Read(ref _servers);

    public async ValueTask WaitForChangeAsync(IReadOnlyList<KnownServer> seen, CancellationToken cancellationToken = default)
    {
        Task changed;
        lock (_lock)
        {
            if (!ReferenceEquals(seen, _servers))
            {
                return;
            }

            changed = _changed.Task;
        }

        await changed.WaitAsync(cancellationToken);
    }

    /// <summary>A server has said who it is.</summary>
    public void Heard(Hello hello, PeerAddress address, long now) => Change(() =>
        _heard[hello.Name] = (new KnownServer(hello.Name, hello.From.Node, address.Host, address.Port, IsAlive: true), now));

    /// <summary>Those that were not heard for long do not answer any more.</summary>
    public void Silent(Func<long, bool> isLong) => Change(() =>
    {
        foreach ((string name, (KnownServer server, long heardAt)) in _heard.ToArray())
        {
            if (server.IsAlive && isLong(heardAt))
            {
                _heard[name] = (server with { IsAlive = false }, heardAt);
            }
        }
    });

    private void Change(Action change)
    {
        TaskCompletionSource? over = null;
        lock (_lock)
        {
            change();
            KnownServer[] now = [.. _heard.Values.Select(static heard => heard.Server)];
            if (!now.SequenceEqual(_servers))
            {
                Volatile.Write(ref _servers, now);
                over = _changed;
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        over?.TrySetResult();
    }
}
