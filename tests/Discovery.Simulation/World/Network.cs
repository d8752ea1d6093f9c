using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>The links between servers: they delay, drop, repeat and reorder, and are cut in one direction or both.</summary>
internal sealed class Network(World world, int servers)
{
    private readonly Randomness _random = world.Random.Fork();
    private readonly int[,] _cuts = new int[servers, servers];
    private readonly TimeSpan[,] _lastAt = new TimeSpan[servers, servers];
    private readonly TimeSpan[] _slow = new TimeSpan[servers];
    private (ulong Term, int First, TimeSpan Arrival) _candidacy;

    /// <summary>Whether nothing is lost or late any more.</summary>
    public bool IsHealed { get; private set; }

    /// <summary>Until then many of the requests for votes come late, some after the receiver has restarted.</summary>
    public TimeSpan VotesLateUntil { get; set; }

    public void Send(Server from, RaftMessage message, RegisterImage? image)
    {
        if (world.FindNode(message.To.Node) is not { } to)
        {
            return;
        }

        WorldOptions options = world.Options;
        int copies = 1;
        if (!IsHealed)
        {
            if (_cuts[from.Number, to.Number] > 0 || _random.Chance(options.DropRate))
            {
                return;
            }

            if (_random.Chance(options.BreakRate))
            {
                Break(from, to);
            }

            copies += _random.Chance(options.DuplicateRate) ? 1 : 0;
        }

        for (int i = 0; i < copies; i++)
        {
            Deliver(from.Number, to, message, image);
        }
    }

    /// <summary>The connections over which a server sends end with its process: whoever it still reached may learn of it.</summary>
    public void Disconnect(Server from)
    {
        foreach (Server to in world.Servers)
        {
            if (to != from && _cuts[from.Number, to.Number] == 0 && _random.Chance(IsHealed ? 1 : 0.8))
            {
                Break(from, to);
            }
        }
    }

    public bool IsOpen(Server from, VoterId to) => world.FindNode(to.Node) is { } server && _cuts[from.Number, server.Number] == 0;

    /// <summary>Cuts one direction; cuts are counted, so that two faults may overlap.</summary>
    public void Cut(int from, int to) => _cuts[from, to]++;

    public void Join(int from, int to) => _cuts[from, to] = Math.Max(0, _cuts[from, to] - 1);

    /// <summary>Everything to and from a server is late by this.</summary>
    public void Slow(int server, TimeSpan by) => _slow[server] = by;

    public void Heal()
    {
        IsHealed = true;
        Array.Clear(_cuts);
        Array.Clear(_slow);
        VotesLateUntil = default;
    }

    private void Break(Server from, Server to)
    {
        VoterId id = from.Id;
        TimeSpan delay = _random.Between(TimeSpan.FromMilliseconds(0.1), world.Options.DelayMax);
        world.Events.After(delay + _slow[to.Number], () => to.LoseConnection(id));
    }

    private void Deliver(int from, Server to, RaftMessage message, RegisterImage? image)
    {
        WorldOptions options = world.Options;
        TimeSpan delay = _random.Between(TimeSpan.FromMilliseconds(0.1), IsHealed ? TimeSpan.FromMilliseconds(2) : options.DelayMax);
        TimeSpan at = world.Events.Now + delay + _slow[from] + _slow[to.Number];
        if (world.Events.Now < VotesLateUntil && message is VoteRequest { IsPreVote: false } request && _random.Chance(0.8))
        {
            at += LatenessOf(request, from);
        }
        else if (world.Events.Now < VotesLateUntil && message is VoteReply { IsPreVote: true } && _random.Chance(0.5))
        {
            // Another may be a candidate of the same term before this one is.
            at += _random.Milliseconds(20, 300);
        }
        else if (!IsHealed && _random.Chance(options.StaleRate))
        {
            at += _random.Milliseconds(100, 4000);
        }
        else if (options.IsOrdered)
        {
            TimeSpan last = _lastAt[from, to.Number];
            at = at > last ? at : last;
            _lastAt[from, to.Number] = at;
        }

        world.Events.At(at, () => to.Deliver(message, image));
    }

    // The first candidate of a term asks so late that another can become one too. That one asks those who have voted and started again
    // since: past the time in which whoever has just started votes for nobody, and before the candidate gives up.
    private TimeSpan LatenessOf(VoteRequest request, int from)
    {
        if (request.Term > _candidacy.Term)
        {
            _candidacy = (request.Term, from, world.Events.Now + _random.Milliseconds(50, 250));
        }

        TimeSpan arrival = request.Term == _candidacy.Term && from != _candidacy.First
            ? _candidacy.Arrival + _random.Milliseconds(365, 500)
            : _candidacy.Arrival;
        return arrival > world.Events.Now ? arrival - world.Events.Now : TimeSpan.Zero;
    }
}
