using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>The links between whole nodes. Messages are lost, repeated and late; calls are answered, or their connection breaks.</summary>
internal sealed class FullLinks(FullWorld world)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    private readonly Randomness _random = world.Random.Fork();
    private readonly int[,] _cuts = new int[world.Options.Nodes, world.Options.Nodes];
    private readonly TimeSpan[] _slow = new TimeSpan[world.Options.Nodes];
    private readonly TimeSpan[] _slowSnapshots = new TimeSpan[world.Options.Nodes];
    private readonly bool[] _losesBulk = new bool[world.Options.Nodes];
    private readonly bool[] _isBehind = new bool[world.Options.Nodes];
    private readonly List<(FullNode From, FullNode To, NodeLife? Life, Action Arrive)> _unread = [];

    /// <summary>Whether nothing is lost or late any more.</summary>
    public bool IsHealed { get; private set; }

    /// <summary>Cuts one direction; cuts are counted, so that two faults may overlap.</summary>
    public void Cut(int from, int to) => _cuts[from, to]++;

    public void Join(int from, int to) => _cuts[from, to] = Math.Max(0, _cuts[from, to] - 1);

    /// <summary>Everything to and from a node is late by this.</summary>
    public void Slow(int node, TimeSpan by) => _slow[node] = by;

    /// <summary>Every piece of a snapshot for a node is late by this, and nothing else is.</summary>
    public void SlowSnapshots(int node, TimeSpan by) => _slowSnapshots[node] = by;

    /// <summary>Whether what is long does not get to a node, while what is short does.</summary>
    public void LoseBulk(int node, bool isLost) => _losesBulk[node] = isLost;

    /// <summary>Whether a node reads nothing of what comes; once it does again, it reads all that has come.</summary>
    public void FallBehind(FullNode node, bool isBehind)
    {
        _isBehind[node.Number] = isBehind;
        if (!isBehind)
        {
            (FullNode From, FullNode To, NodeLife? Life, Action Arrive)[] unread = [.. _unread.Where(one => one.To == node)];
            _unread.RemoveAll(one => one.To == node);
            foreach ((_, _, NodeLife? life, Action arrive) in unread)
            {
                if (node.Life == life)
                {
                    arrive();
                }
            }
        }
    }

    /// <summary>Whether something of another is at a node and was not read.</summary>
    public bool HasUnread(FullNode from, FullNode to) => _unread.Exists(one => one.From == from && one.To == to && one.Life == to.Life);

    public void Heal()
    {
        foreach (FullNode node in world.Nodes)
        {
            FallBehind(node, isBehind: false);
        }

        IsHealed = true;
        Array.Clear(_cuts);
        Array.Clear(_slow);
        Array.Clear(_slowSnapshots);
        Array.Clear(_losesBulk);
    }

    public bool IsCut(FullNode from, FullNode to) => _cuts[from.Number, to.Number] > 0;

    public bool LosesBulk(FullNode to) => _losesBulk[to.Number];

    /// <summary>The connections over which a process sends end with it: whoever it still reached may learn of it.</summary>
    public void Disconnect(FullNode from, VoterId id)
    {
        foreach (FullNode to in world.Nodes)
        {
            if (to != from && !IsCut(from, to) && _random.Chance(IsHealed ? 1 : 0.8))
            {
                world.After(Delay(from, to), () => to.Life?.Driver?.Disconnected(id));
            }
        }
    }

    /// <summary>Sends a message that nobody waits for.</summary>
    public void Send(FullNode from, FullNode to, bool isBulk, Action arrive)
    {
        int copies = 1;
        if (!IsHealed)
        {
            if (IsCut(from, to) || (isBulk && LosesBulk(to)) || _random.Chance(world.Options.DropRate))
            {
                return;
            }

            copies += _random.Chance(world.Options.DuplicateRate) ? 1 : 0;
        }

        for (int i = 0; i < copies; i++)
        {
            bool isStale = !IsHealed && _random.Chance(world.Options.StaleRate);
            world.After(Delay(from, to) + (isStale ? _random.Milliseconds(100, 4000) : TimeSpan.Zero), () =>
            {
                if (!IsCut(from, to))
                {
                    if (_isBehind[to.Number])
                    {
                        _unread.Add((from, to, to.Life, arrive));
                    }
                    else
                    {
                        arrive();
                    }
                }
            });
        }
    }

    /// <summary>Calls another node over a connection.</summary>
    /// <param name="from">The caller.</param>
    /// <param name="to">The node that is called.</param>
    /// <param name="run">What the other one does, on its own scheduler.</param>
    /// <param name="trySend">Asked before it is sent; false when the caller has withdrawn.</param>
    /// <returns>Whether it was sent, and the answer; no answer when the connection broke.</returns>
    public Task<(bool WasSent, T? Answer)> CallAsync<T>(
        FullNode from, FullNode to, Func<NodeLife, Task<T>> run, Func<bool>? trySend = null)
        where T : class
    {
        var call = new TaskCompletionSource<(bool WasSent, T? Answer)>(TaskCreationOptions.RunContinuationsAsynchronously);
        if ((IsCut(from, to) || IsCut(to, from) || to.Life is not { IsAlive: true }) && _random.Chance(0.5))
        {
            world.After(_random.Milliseconds(1, 100), () => call.TrySetResult((false, null)));
            return call.Task;
        }

        world.After(Delay(from, to), () =>
        {
            if (trySend?.Invoke() == false)
            {
                call.TrySetResult((false, null));
            }
            else if (IsCut(from, to) || to.Life is not { IsAlive: true } life)
            {
                BreakSoon(call);
            }
            else
            {
                Look(from, to, life, call);
                _ = life.Runtime.Start(() => AnswerAsync(from, to, life, run, call));
            }
        });
        return call.Task;
    }

    public TimeSpan Delay(FullNode from, FullNode to) =>
        _random.Between(TimeSpan.FromMilliseconds(0.1), IsHealed ? TimeSpan.FromMilliseconds(2) : world.Options.DelayMax)
        + _slow[from.Number] + _slow[to.Number];

    public TimeSpan PieceDelay(FullNode from, FullNode to) => Delay(from, to) + _slowSnapshots[to.Number];

    private async Task AnswerAsync<T>(
        FullNode from, FullNode to, NodeLife life, Func<NodeLife, Task<T>> run, TaskCompletionSource<(bool WasSent, T? Answer)> call)
        where T : class
    {
        T answer;
        try
        {
            answer = await run(life);
        }
        catch (Exception e) when (e is DiscoveryException or OperationCanceledException or IOException)
        {
            BreakSoon(call);
            return;
        }
        catch (Exception e)
        {
            world.Fail(life, e);
            return;
        }

        if (life.IsAlive)
        {
            world.After(Delay(to, from), () =>
            {
                if (IsCut(to, from))
                {
                    BreakSoon(call);
                }
                else
                {
                    call.TrySetResult((true, answer));
                }
            });
        }
    }

    // The connection is looked after while somebody waits: that it broke is found out a while later.
    private void Look<T>(FullNode from, FullNode to, NodeLife life, TaskCompletionSource<(bool WasSent, T? Answer)> call)
        where T : class => world.After(s_look, () =>
    {
        if (call.Task.IsCompleted || !from.IsUp)
        {
            return;
        }

        if (to.Life != life || !life.IsAlive || IsCut(from, to) || IsCut(to, from))
        {
            BreakSoon(call);
        }
        else
        {
            Look(from, to, life, call);
        }
    });

    private void BreakSoon<T>(TaskCompletionSource<(bool WasSent, T? Answer)> call)
        where T : class => world.After(_random.Milliseconds(5, 1500), () => call.TrySetResult((true, null)));
}
