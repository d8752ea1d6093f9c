using Discovery.Testing;

namespace Discovery.KeyValue;

/// <summary>Any split of the same log into batches gives the same state, byte for byte: for all commands of the package.</summary>
public sealed class BatchSplitTests
{
    private const int Entries = 5_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Apply_RandomLogInRandomBatches_GivesTheSameStateForEverySplit(int seed)
    {
        var log = new RandomLog(seed, static () => new KeyValueReplica());
        log.Run(Entries);

        Assert.All(log.Replicas, other => Assert.Equal(log.Replicas[0].Outcomes, other.Outcomes));
        Assert.True(AreSame(log.Replicas));
        Assert.Equal(log.Replicas[0].RingBytes, log.Replicas[1].RingBytes);

        // The log must have done enough for this to say anything.
        Assert.All(log.Replicas[0].Outcomes, static outcome => Assert.Equal(CommandStatus.Applied, outcome.Status));
        Assert.True(log.MostSessions >= 6, $"{log.MostSessions} sessions at most");
        Assert.True(log.MostWaiters >= 2, $"{log.MostWaiters} waiters at most");
        Assert.True(log.MostDelays >= 3, $"{log.MostDelays} delays at most");
        Assert.True(log.MostHeld >= 3, $"{log.MostHeld} held keys at most");
    }

    [Fact]
    public void Apply_ModuleThatLooksAtThePublishedState_IsCaught()
    {
        var log = new RandomLog(1, static () => new KeyValueReplica(static keys => new PeekingModule(keys)));
        log.Run(500);
        Assert.False(AreSame(log.Replicas));
    }

    private static bool AreSame(KeyValueReplica[] replicas) => replicas.All(other =>
        other.Machine.State.ComputeHash() == replicas[0].Machine.State.ComputeHash()
        && other.Machine.Snapshot().AsSpan().SequenceEqual(replicas[0].Machine.Snapshot()));

    /// <summary>Planted: notes with every change of a key what readers see meanwhile, which depends on where the batch began.</summary>
    private sealed class PeekingModule(KeyValueModule keys) : IPeekingModule
    {
        public StateMachine? Machine { get; set; }

        public string Name => "peeking";

        public void Configure(StateModuleBuilder builder)
        {
            StateTable<string> notes = builder.AddTable(
                "notes", static (string row, ref StateKeyBuilder key) => key.Append(row), StateCodecs.Text);
            builder.AddReaction<KeyValueEntry>(
                keys.Keys.Entries,
                1,
                (transaction, _) => transaction.Put(notes, $"{transaction.Index} over {Machine?.Current.Index}"));
        }
    }
}
