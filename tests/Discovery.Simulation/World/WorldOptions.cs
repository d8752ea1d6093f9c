using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>What one run is like; a seed decides all of it.</summary>
internal sealed record WorldOptions
{
    public required int Voters { get; init; }

    public required bool HasWitness { get; init; }

    public required int Learners { get; init; }

    /// <summary>Servers that belong to no configuration at first.</summary>
    public required int Spares { get; init; }

    public required RaftCoreOptions Core { get; init; }

    public required TimeSpan DelayMax { get; init; }

    public required double DropRate { get; init; }

    public required double DuplicateRate { get; init; }

    /// <summary>The part of the messages at which the connection breaks, and is opened anew.</summary>
    public double BreakRate { get; init; } = 0.0005;

    /// <summary>The part of the messages that come seconds late.</summary>
    public required double StaleRate { get; init; }

    /// <summary>Whether messages of one server to another keep their order, but for those that come late.</summary>
    public required bool IsOrdered { get; init; }

    public required TimeSpan DiskDelayMax { get; init; }

    public required TimeSpan ApplyDelayMax { get; init; }

    /// <summary>How often a server takes a snapshot, in entries.</summary>
    public required int SnapshotEvery { get; init; }

    /// <summary>How many entries stay in the log behind a snapshot.</summary>
    public required int SnapshotTrail { get; init; }

    public required int Clients { get; init; }

    public required int Keys { get; init; }

    public required TimeSpan ClientPauseMax { get; init; }

    /// <summary>The mean time between two faults.</summary>
    public required TimeSpan FaultEvery { get; init; }

    /// <summary>Whether suspended processes may find that their monotonic clock stood still, which no lease survives.</summary>
    public required bool ClocksStop { get; init; }

    public required bool ClocksDrift { get; init; }

    public required bool MembersChange { get; init; }

    /// <summary>The part of the steps after which a core is not asked at once what is to be done.</summary>
    public required double BatchRate { get; init; }

    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(2);

    public static WorldOptions FromSeed(ulong seed)
    {
        var random = new Randomness(seed * 0x9E3779B97F4A7C15 + 1);
        bool hasWitness = random.Chance(0.3);
        int voters = random.Pick([2, 3, 3, 3, 4, 5, 5]);
        if (!hasWitness && voters == 2)
        {
            voters = 3;
        }

        int learners = random.Pick([0, 0, 1]);
        return new WorldOptions
        {
            Voters = voters,
            HasWitness = hasWitness,
            Learners = learners,
            Spares = Math.Min(random.Below(3), 7 - voters - learners - (hasWitness ? 1 : 0)),
            Core = CoreOptions(random),
            DelayMax = random.Milliseconds(1, random.Chance(0.3) ? 40 : 5),
            DropRate = random.Chance(0.5) ? 0 : random.Fraction() * 0.05,
            DuplicateRate = random.Chance(0.5) ? 0 : random.Fraction() * 0.05,
            StaleRate = random.Chance(0.4) ? 0 : random.Fraction() * 0.01,
            IsOrdered = random.Chance(0.5),
            DiskDelayMax = random.Milliseconds(1, random.Chance(0.4) ? 60 : 5),
            ApplyDelayMax = random.Milliseconds(0, random.Chance(0.2) ? 100 : 2),
            SnapshotEvery = random.Pick([5, 20, 50, 200]),
            SnapshotTrail = random.Pick([0, 3, 20]),
            Clients = random.Between(3, 6),
            Keys = random.Between(2, 8),
            ClientPauseMax = random.Milliseconds(200, 900),
            FaultEvery = random.Milliseconds(1500, 5000),
            ClocksStop = random.Chance(0.25),
            ClocksDrift = random.Chance(0.6),
            MembersChange = random.Chance(0.6),
            BatchRate = random.Pick([0, 0.1, 0.5]),
        };
    }

    private static RaftCoreOptions CoreOptions(Randomness random) => new()
    {
        MessageBytesMax = random.Pick([200, 1000, 1024 * 1024]),
        InFlightMessagesMax = random.Pick([1, 4, 64]),
        InFlightBytesMax = random.Pick([400, 8 * 1024 * 1024]),
        ApplyBytesMax = random.Pick([300, 4 * 1024 * 1024]),
        WindowBytesMax = random.Pick([0, 2000, 32 * 1024 * 1024]),
        UncommittedBytesMax = random.Pick([4000, 64 * 1024 * 1024]),
    };
}
