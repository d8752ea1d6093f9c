using System.Globalization;
using Discovery.Protocol;
using Discovery.Testing;

namespace Discovery.Simulation;

/// <summary>Writes and reads registers, one operation at a time, at the server that it takes for the leader or at any other.</summary>
/// <param name="world">Where.</param>
/// <param name="number">Who asks.</param>
/// <param name="reads">The server that this client only reads from, or null.</param>
/// <param name="until">Until when it asks, in quick succession; null: in its own time, until it is told to end.</param>
internal sealed class Client(World world, int number, Server? reads = null, TimeSpan? until = null)
{
    private const int BurstMax = 12;

    private readonly Randomness _random = world.Random.Fork();
    private readonly long[] _seen = new long[8];
    private Server _believed = null!;
    private long _values = ((long)number + 1) * 1_000_000;
    private int _turn;
    private int _asked;
    private bool _isEnding;

    public void Begin()
    {
        _believed = world.FullServers[_random.Below(world.Options.Voters)];
        Pause();
    }

    public void End() => _isEnding = true;

    private void Pause() => world.Events.After(
        _random.Between(TimeSpan.Zero, until is null ? world.Options.ClientPauseMax : TimeSpan.FromMilliseconds(60)), Next);

    private void Next()
    {
        if (_isEnding || (until is { } end && (world.Events.Now >= end || _asked++ >= BurstMax)))
        {
            return;
        }

        if (reads is not null)
        {
            _believed = reads;
            Read(0, isLeaseEnough: _random.Chance(0.5));
            return;
        }

        if (until is not null)
        {
            Write(0, isConditional: false);
            return;
        }

        if (_random.Chance(0.1) || !_believed.IsUp)
        {
            _believed = _random.Pick(world.FullServers);
        }

        int key = _random.Below(world.Options.Keys);
        double kind = _random.Fraction();
        if (kind < 0.45)
        {
            Write(key, isConditional: false);
        }
        else if (kind < 0.6)
        {
            Write(key, isConditional: true);
        }
        else
        {
            Read(key, isLeaseEnough: kind < 0.8);
        }
    }

    private void Write(int key, bool isConditional)
    {
        long value = ++_values;
        long expected = isConditional ? _seen[key] : 0;
        KeyValueInput input = isConditional
            ? new(RegisterVerb.Cas, Name(key), ClientHistory.Text(value), ClientHistory.Text(expected))
            : new(RegisterVerb.Put, Name(key), ClientHistory.Text(value));
        byte[] body = new RegisterCommand((byte)key, isConditional, value, expected).Encode(_random.Pick([0, 10, 100, 400]));
        int operation = world.History.Invoke(number, input);
        int turn = Await(operation, isRead: false);
        Server server = _believed;
        world.Events.After(_random.Milliseconds(0.1, 2), () => Ask(server, turn, operation, () =>
        {
            ProposeStatus status = server.Propose(body, out LogPosition at, done => OnWritten(turn, operation, key, value, done));
            if (status == ProposeStatus.Appended)
            {
                world.Watch.Writes.OnProposed(operation, at, body);
            }
            else
            {
                Refused(turn, operation);
            }
        }));
    }

    private void OnWritten(int turn, int operation, int key, long value, bool? isDone)
    {
        if (turn != _turn)
        {
            // The client has given up; it may still not see what is known not to be there, but nothing more is claimed.
            return;
        }

        if (isDone is not { } done)
        {
            Refused(turn, operation);
            return;
        }

        world.Coverage.Count("acknowledged writes");
        world.Watch.Writes.OnAcknowledged(operation);
        world.History.Complete(operation, new KeyValueOutput(done));
        if (done)
        {
            _seen[key] = value;
        }

        Answered();
    }

    private void Read(int key, bool isLeaseEnough)
    {
        int operation = world.History.Invoke(number, new KeyValueInput(RegisterVerb.Get, Name(key)));
        int turn = Await(operation, isRead: true);
        TimeSpan since = world.Events.Now;
        Server server = reads is null && _random.Chance(0.3) ? _random.Pick(world.FullServers) : _believed;
        world.Events.After(_random.Milliseconds(0.1, 2), () => Ask(server, turn, operation, () => server.Read(key, isLeaseEnough, value =>
        {
            if (turn != _turn)
            {
                return;
            }

            if (value is not { } known || (isLeaseEnough && world.Watch.UntrustedLeaderAt >= since))
            {
                Refused(turn, operation);
                return;
            }

            world.Coverage.Count(isLeaseEnough ? "lease reads" : "consistent reads");
            world.Coverage.Count("follower reads", server.IsLeader ? 0 : 1);
            _seen[key] = known;
            world.History.Complete(operation, new KeyValueOutput(Value: ClientHistory.Text(known)));
            Answered();
        })));
    }

    private void Ask(Server server, int turn, int operation, Action ask)
    {
        if (server.IsUp)
        {
            server.Post(() =>
            {
                if (turn == _turn)
                {
                    ask();
                }
            });
        }
        else
        {
            Refused(turn, operation);
        }
    }

    private int Await(int operation, bool isRead)
    {
        int turn = ++_turn;
        world.Events.After(TimeSpan.FromSeconds(3), () =>
        {
            if (turn == _turn)
            {
                _turn++;
                if (isRead)
                {
                    world.History.Drop(operation);
                }
                else
                {
                    world.Coverage.Count("unknown outcomes");
                }

                _believed = _random.Pick(world.FullServers);
                Pause();
            }
        });
        return turn;
    }

    private void Refused(int turn, int operation)
    {
        if (turn == _turn)
        {
            world.History.Drop(operation);
            if (_believed.Core is { } core && world.Find(core.Leader) is { } leader && leader != _believed)
            {
                _believed = leader;
            }
            else
            {
                _believed = _random.Pick(world.FullServers);
            }

            Answered();
        }
    }

    private void Answered()
    {
        _turn++;
        Pause();
    }

    private static string Name(int key) => key.ToString(CultureInfo.InvariantCulture);
}
