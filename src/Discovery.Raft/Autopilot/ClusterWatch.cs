using Discovery.Driver;
using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>How the servers are, as their leader finds them, and since when.</summary>
internal sealed class ClusterWatch(RaftServer server, ServerList others, ServerNames names, NodeRuntime runtime, RaftOptions options)
{
    private const int HeartbeatsMissed = 4;
    private static readonly TimeSpan s_lost = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Dictionary<VoterId, (bool IsHealthy, long Since, DateTimeOffset At)> _states = [];
    private readonly CopyLag _lag = new();
    private ulong _term;
    private long _since;

    /// <summary>Looks at the cluster; null on a server that does not lead.</summary>
    /// <returns>The leader's view, and all servers in the order of their ids: members, and those who introduced themselves.</returns>
    public async Task<(OfficeView View, IReadOnlyList<ServerFacts> Servers)?> LookAsync(
        AutopilotConfiguration rules, CancellationToken cancellationToken)
    {
        if (server.Driver is not { } driver)
        {
            return null;
        }

        IReadOnlyList<HeardServer> heard = others.Heard;
        OfficeView? view = await driver.CallAsync((core, _) => OfficeView.Of(core, heard), cancellationToken);
        if (view is null)
        {
            return null;
        }

        lock (_lock)
        {
            if (view.Term != _term)
            {
                (_term, _since) = (view.Term, runtime.Time.GetTimestamp());
                _states.Clear();
                _lag.Clear();
            }

            _lag.Sample(view.Last.Index, runtime.Time.GetElapsedTime(_since), options.DiskStallMax);
            VoterId[] all = [.. view.Configuration.Everybody().Concat(heard.Select(static one => one.Id)).Distinct().Order()];
            ServerFacts[] facts = [.. all.Select(id => Describe(view, id, heard.FirstOrDefault(one => one.Id == id), rules))];
            foreach (VoterId gone in _states.Keys.Where(id => !all.Contains(id)).ToArray())
            {
                _states.Remove(gone);
            }

            return (view, facts);
        }
    }

    /// <summary>Since when a server is as healthy as it is.</summary>
    public DateTimeOffset StableSince(VoterId id)
    {
        lock (_lock)
        {
            return _states.TryGetValue(id, out (bool IsHealthy, long Since, DateTimeOffset At) state) ? state.At : runtime.Time.GetUtcNow();
        }
    }

    private ServerFacts Describe(OfficeView view, VoterId id, HeardServer? heard, AutopilotConfiguration rules)
    {
        bool isSelf = id == view.Self;
        bool isPeer = view.Peers.TryGetValue(id, out PeerView peer);
        TimeSpan inOffice = runtime.Time.GetElapsedTime(_since);
        TimeSpan silence = heard is null ? inOffice : Least(inOffice, runtime.Time.GetElapsedTime(heard.HeardAt));
        silence = peer.Silence is { } contact ? Least(silence, contact) : silence;
        bool isAlive = isSelf || heard is { IsAlive: true } || silence < s_lost;
        LogPosition match = isSelf ? view.Last : peer.Match;
        bool isHealthy = isSelf || (isPeer && isAlive && IsCurrent(view, peer, rules));
        (string name, string address) = isSelf ? (server.NodeName, server.Address) : names.Find(id);
        return new ServerFacts
        {
            Id = id,
            Name = heard?.Name ?? name,
            Address = heard?.Address.ToString() ?? address,
            Role = view.Configuration.TryFind(id, out RaftMember member) ? member.Role : null,
            IsAlive = isAlive,
            Silence = isSelf ? TimeSpan.Zero : silence,
            IsNewcomer = !isPeer && !isSelf && heard is not null && heard.Cluster == server.Cluster && !view.Removed.Contains(id),
            IsWitness = heard is { IsWitness: true },
            IsHealthy = isHealthy,
            StableFor = Follow(id, isHealthy),
            LastContact = isSelf ? TimeSpan.Zero : peer.Silence,
            Match = match,
        };
    }

    private bool IsCurrent(OfficeView view, PeerView peer, AutopilotConfiguration rules)
    {
        // Nobody is heard more often than the leader speaks.
        TimeSpan threshold = rules.LastContactThreshold > options.HeartbeatInterval * HeartbeatsMissed
            ? rules.LastContactThreshold
            : options.HeartbeatInterval * HeartbeatsMissed;

        // Whoever answers but has not taken to its disk what was written so long ago has one that is full, or hangs.
        return peer.Silence <= threshold && peer.Match.Term == view.Term && peer.Match.Index >= _lag.Due
            && view.Last.Index - Math.Min(peer.Match.Index, view.Last.Index) <= rules.MaxTrailingLogs;
    }

    private TimeSpan Follow(VoterId id, bool isHealthy)
    {
        if (!_states.TryGetValue(id, out (bool IsHealthy, long Since, DateTimeOffset At) state) || state.IsHealthy != isHealthy)
        {
            state = (isHealthy, runtime.Time.GetTimestamp(), runtime.Time.GetUtcNow());
            _states[id] = state;
        }

        return runtime.Time.GetElapsedTime(state.Since);
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
