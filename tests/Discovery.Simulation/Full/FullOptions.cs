using Discovery.Driver;
using Discovery.Protocol;

namespace Discovery.Simulation;

/// <summary>What one run of whole nodes is like; a seed decides all of it.</summary>
internal sealed record FullOptions
{
    public required int Nodes { get; init; }

    public required RaftCoreOptions Core { get; init; }

    public required RaftLogOptions Log { get; init; }

    /// <summary>The length of a segment of the log.</summary>
    public required int SegmentBytes { get; init; }

    /// <summary>How much of the past changes a node keeps for watchers.</summary>
    public required int RingBytes { get; init; }

    public required TimeSpan DelayMax { get; init; }

    public required double DropRate { get; init; }

    public required double DuplicateRate { get; init; }

    /// <summary>The part of the messages that come seconds late.</summary>
    public required double StaleRate { get; init; }

    /// <summary>How long a sync takes at most while nothing is wrong.</summary>
    public required TimeSpan SyncMax { get; init; }

    public required int Keys { get; init; }

    public required int ClientsPerNode { get; init; }

    public required TimeSpan ClientPauseMax { get; init; }

    /// <summary>The most bytes of a value.</summary>
    public required int ValueBytesMax { get; init; }

    /// <summary>The mean time between two faults.</summary>
    public required TimeSpan FaultEvery { get; init; }

    public required bool ClocksDrift { get; init; }

    /// <summary>Whether suspended processes may find that their monotonic clock stood still, which no lease survives.</summary>
    public required bool ClocksStop { get; init; }

    /// <summary>Whether old states are restored: then nobody expects to read what was written last.</summary>
    public required bool Restores { get; init; }

    public required bool DamagesDisks { get; init; }

    public required bool MembersChange { get; init; }

    /// <summary>Whether some faults follow one another as a bug would need them.</summary>
    public required bool HasStories { get; init; }

    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(2);

    public static FullOptions FromSeed(ulong seed)
    {
        var random = new Randomness(seed * 0x9E3779B97F4A7C15 + 2);
        return new FullOptions
        {
            Nodes = random.Pick([3, 3, 3, 4, 5]),
            Core = new RaftCoreOptions
            {
                MessageBytesMax = random.Pick([500, 4000, 1024 * 1024]),
                InFlightMessagesMax = random.Pick([1, 4, 64]),
                InFlightBytesMax = random.Pick([1000, 8 * 1024 * 1024]),
                ApplyBytesMax = random.Pick([600, 4 * 1024 * 1024]),
                WindowBytesMax = random.Pick([0, 4000, 32 * 1024 * 1024]),
                UncommittedBytesMax = random.Pick([20_000, 64 * 1024 * 1024]),
            },
            Log = new RaftLogOptions
            {
                SnapshotEntries = (ulong)random.Pick([20, 60, 200]),
                SnapshotBytes = random.Pick([4_000, 20_000, 64 * 1024 * 1024]),
                EntriesKept = random.Pick([0UL, 10UL, 50UL, ulong.MaxValue, ulong.MaxValue]),
                MessagesMax = random.Pick([16, 4096]),
                BatchEntriesMax = random.Pick([1, 8, 4096]),
                QueueLength = random.Pick([8, 65536]),
            },
            SegmentBytes = random.Pick([16, 32, 128]) * 1024,
            RingBytes = random.Pick([2_000, 10_000, 200_000]),
            DelayMax = random.Milliseconds(1, random.Chance(0.3) ? 40 : 5),
            DropRate = random.Chance(0.5) ? 0 : random.Fraction() * 0.05,
            DuplicateRate = random.Chance(0.5) ? 0 : random.Fraction() * 0.05,
            StaleRate = random.Chance(0.4) ? 0 : random.Fraction() * 0.01,
            SyncMax = random.Milliseconds(1, random.Chance(0.3) ? 40 : 4),
            Keys = random.Between(3, 8),
            ClientsPerNode = random.Between(1, 2),
            ClientPauseMax = random.Milliseconds(150, 500),
            ValueBytesMax = random.Pick([20, 200, 2000]),
            FaultEvery = random.Milliseconds(1500, 5000),
            ClocksDrift = random.Chance(0.6),
            ClocksStop = random.Chance(0.15),
            Restores = random.Chance(0.2),
            DamagesDisks = random.Chance(0.6),
            MembersChange = random.Chance(0.5),
            HasStories = random.Chance(0.3),
        };
    }
}
