using System.Text;
using Discovery.Locks;
using Discovery.Sessions;
using Discovery.Testing;
using Discovery.Transactions;

namespace Discovery.KeyValue;

/// <summary>A seeded log of all commands of the package, applied by replicas in batches of their own.</summary>
internal sealed class RandomLog
{
    private readonly Random _random;
    private readonly Guid[] _sessions;
    private ulong _epoch;

    /// <param name="seed">The seed.</param>
    /// <param name="create">Makes a replica. The first applies entry by entry, the second in large batches and keeps rows encoded, the
    /// third in small ones and is born again from its snapshot now and then.</param>
    public RandomLog(int seed, Func<KeyValueReplica> create)
    {
        _random = new Random(seed);
        _sessions = [.. Enumerable.Range(1, 14).Select(static i => new Guid(i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))];
        Replicas = [create(), create(), create()];
        EncodedEntries.BeginAtOnce(Replicas[1].Module);
    }

    public KeyValueReplica[] Replicas { get; }

    public int MostSessions { get; private set; }

    public int MostWaiters { get; private set; }

    public int MostDelays { get; private set; }

    public int MostHeld { get; private set; }

    public void Run(int entries)
    {
        KeyValueReplica single = Replicas[0];
        byte[] old = single.Machine.Snapshot();
        for (int i = 0; i < entries; i++)
        {
            (ushort id, ReadOnlyMemory<byte> body) = i < 2 ? Node(single, "n" + (i + 1)) : Next(single);
            ulong index = single.Machine.State.Index + 1 + (ulong)(_random.Next(20) == 0 ? _random.Next(5) : 0);
            foreach (KeyValueReplica replica in Replicas)
            {
                replica.Machine.Skip(index);
                replica.Machine.ClusterTime = TimeSpan.FromMilliseconds(150 * i);
                replica.Machine.Add(id, body);
            }

            single.Flush();
            Count(single);
            _epoch = id == KeyValueModule.BeginEpochId ? index : _epoch;
            if (_random.Next(40) == 0)
            {
                Replicas[1].Flush();
            }

            if (_random.Next(6) == 0)
            {
                Replicas[2].Flush();
            }

            if (i % 1_000 == 600)
            {
                Restore(old, i);
                old = single.Machine.Snapshot();
                Replicas[2] = Replicas[2].Reborn();
            }
        }

        Array.ForEach(Replicas, static replica => replica.Flush());
    }

    private void Restore(byte[] old, int time)
    {
        ulong index = Replicas[0].Machine.State.Index + 1;
        foreach (KeyValueReplica replica in Replicas)
        {
            replica.Flush();
            replica.Machine.Machine.Restore(
                replica.Read(old), index, new Guid(time, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2), TimeSpan.FromMilliseconds(150 * time));
        }
    }

    private void Count(KeyValueReplica replica)
    {
        (StateSnapshot state, KeyValueModule module) = (replica.Machine.State, replica.Module);
        MostSessions = Math.Max(MostSessions, state.Count(module.Sessions.Sessions));
        MostWaiters = Math.Max(MostWaiters, state.Count(module.Locks.Waiters));
        MostDelays = Math.Max(MostDelays, state.Count(module.Locks.Delays));
        MostHeld = Math.Max(MostHeld, state.Count(module.Keys.BySession));
    }

    private (ushort Id, ReadOnlyMemory<byte> Body) Next(KeyValueReplica replica)
    {
        KeyValueModule module = replica.Module;
        return _random.Next(100) switch
        {
            < 45 => Encode(module.Transact, new TransactionCommand(Steps(replica), ReturnsWritten: _random.Next(2) == 0)),
            < 65 => Encode(module.CreateSession, Session()),
            < 72 => Encode(module.DestroySession, new SessionDestruction(One(_sessions), (SessionEnd)_random.Next(2))),
            < 73 => Encode(module.BeginEpoch, default),
            < 76 => Encode(module.ExpireSessions, Expiry()),
            < 92 => Encode(module.RequestLock, Request()),
            < 96 => Encode(module.EndDelays, _random.Next(1, 5)),
            < 97 => Node(replica, "n" + _random.Next(1, 3)),
            _ => Encode(module.ExpireKeys, _random.Next(1, 5)),
        };
    }

    private static (ushort Id, ReadOnlyMemory<byte> Body) Node(KeyValueReplica replica, string name) => Encode(
        replica.Module.Transact,
        new TransactionCommand(
        [
            new NodeOperation(CatalogVerb.Set, new CatalogNode { Name = name, Address = "10.0.0.1", Datacenter = "dc1" }),
            new CheckOperation(
                CatalogVerb.Set, new CatalogCheck { Node = name, CheckId = "c", Name = "c", Status = CheckStatus.Passing }),
        ],
        ReturnsWritten: false));

    private List<TransactionOperation> Steps(KeyValueReplica replica)
    {
        var steps = new List<TransactionOperation>();
        for (int i = _random.Next(1, 5); i > 0; i--)
        {
            string node = "n" + _random.Next(1, 3);
            steps.Add(_random.Next(60) switch
            {
                0 => new NodeOperation(CatalogVerb.Delete, new CatalogNode { Name = node, Address = "", Datacenter = "dc1" }),
                1 or 2 => new CheckOperation(
                    CatalogVerb.Set,
                    new CatalogCheck { Node = node, CheckId = "c", Name = "c", Status = (CheckStatus)_random.Next(3) }),
                < 6 => new FenceOperation(Fence(replica)),
                _ => Step(replica),
            });
        }

        return steps;
    }

    private KeyValueOperation Step(KeyValueReplica replica)
    {
        string key = Key();
        KeyValueEntry? entry = replica.Machine.State.Get(replica.Module.Keys.Entries, Encoding.UTF8.GetBytes(key));
        KeyValueVerb[] likely = [KeyValueVerb.Set, KeyValueVerb.Lock, KeyValueVerb.Unlock, KeyValueVerb.Cas, KeyValueVerb.Delete];
        KeyValueVerb verb = _random.Next(3) == 0 ? (KeyValueVerb)_random.Next(12) : One(likely);
        bool isTimed = verb is KeyValueVerb.Set or KeyValueVerb.Cas && _random.Next(3) == 0;
        return new KeyValueOperation(verb, key)
        {
            Value = key.EndsWith("pool/.lock", StringComparison.Ordinal) && _random.Next(2) == 0
                ? Encoding.UTF8.GetBytes($$$"""{"Limit":2,"Holders":{"{{{One(_sessions):D}}}":true}}""")
                : new[] { (byte)_random.Next(3) },
            Flags = _random.Next(4) switch { 0 => 0, 1 => LockLayout.LockFlags, 2 => LockLayout.SemaphoreFlags, _ => entry?.Flags ?? 0 },
            Index = entry?.ModifyIndex ?? 0,
            Session = entry is { IsHeld: true } && _random.Next(4) > 0 ? entry.Session : One(_sessions),
            TimeToLive = isTimed ? TimeSpan.FromMilliseconds(_random.Next(1, 5000)) : null,
        };
    }

    private LockFence Fence(KeyValueReplica replica)
    {
        KeyValueEntry? entry = replica.Machine.State.Get(replica.Module.Keys.Entries, "jobs/.lock"u8);
        return new LockFence("jobs/.lock", replica.Machine.State.Lineage, entry?.AcquireIndex ?? 0);
    }

    private SessionEntry Session() => new()
    {
        Id = One(_sessions),
        Node = "n" + _random.Next(1, 3),
        Lease = TimeSpan.FromSeconds(_random.Next(3)),
        LockDelay = TimeSpan.FromSeconds(_random.Next(3)),
        Behavior = (SessionBehavior)_random.Next(2),
        NodeChecks = _random.Next(2) == 0 ? ["c"] : [],
        IsGuarded = _random.Next(2) == 0,
    };

    private SessionExpiry Expiry() => new(_epoch - (ulong)(_random.Next(8) / 7), [One(_sessions), One(_sessions)]);

    private LockRequest Request()
    {
        bool isSemaphore = _random.Next(2) == 0;
        byte[] key = isSemaphore ? "pool/.lock"u8.ToArray() : "jobs/.lock"u8.ToArray();
        return new LockRequest(key, One(_sessions), [1], isSemaphore ? 2 : 0, IsQueued: _random.Next(4) > 0);
    }

    private string Key() => _random.Next(8) switch
    {
        0 or 1 => "jobs/.lock",
        2 => "pool/.lock",
        3 or 4 => $"pool/{One(_sessions):D}",
        _ => "k" + _random.Next(6),
    };

    private T One<T>(T[] of) => of[_random.Next(of.Length)];

    private static (ushort Id, ReadOnlyMemory<byte> Body) Encode<TCommand, TResult>(
        StateCommand<TCommand, TResult> command, TCommand value) => (command.Id, LedgerMachine.Body(command, value));
}
