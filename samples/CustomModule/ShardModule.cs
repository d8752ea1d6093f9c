using System.Text.Json.Serialization;
using Discovery;

namespace CustomModule;

/// <summary>Which worker serves a tenant's shard, and since which index of the log.</summary>
internal sealed record Shard(string Name, string Worker, ulong Version);

/// <summary>The command: gives a shard to a worker; with a version, only if it still has that one (0: only if nobody has it).</summary>
internal sealed record ShardAssignment(string Shard, string Worker, ulong? ExpectedVersion);

internal enum ShardRefusal
{
    None,
    VersionStale,
    WorkerFull,
}

/// <summary>What came of it: the shard as it is now, also when it was refused.</summary>
internal sealed record ShardAnswer(ShardRefusal Refusal, Shard? Shard);

/// <summary>A table of shards in the replicated state. Pure: state and command in, changes out; every server comes to the same.</summary>
internal sealed class ShardModule : IStateModule
{
    public const int ShardsPerWorkerMax = 2;

    public StateTable<Shard> Shards { get; private set; } = null!;

    public StateIndex<Shard> ByWorker { get; private set; } = null!;

    /// <summary>One topic per worker, touched when he gets a shard or loses one: who waits for it is woken by nothing else.</summary>
    public StateTopicSpace Workers { get; private set; } = null!;

    public StateCommand<ShardAssignment, ShardAnswer> Assign { get; private set; } = null!;

    public string Name => "shards";

    public void Configure(StateModuleBuilder builder)
    {
        Shards = builder.AddTable(
            "shards", static (Shard shard, ref StateKeyBuilder key) => key.Append(shard.Name), StateCodecs.Json(ShardJson.Default.Shard));
        ByWorker = Shards.AddIndex("worker", static (Shard shard, ref StateKeyBuilder key) => key.Append(shard.Worker));
        Workers = builder.AddTopicSpace("workers", (transaction, worker) => transaction.Count(ByWorker, worker) > 0);
        Shards.DeriveTopics(TouchWorkers);

        // The number stands in the log: never give it to another command. Applications have 0x8000 and up.
        Assign = builder.AddCommand(
            0x8000,
            "assign-shard",
            StateCodecs.Json(ShardJson.Default.ShardAssignment),
            StateCodecs.Json(ShardJson.Default.ShardAnswer),
            Apply);
    }

    // No key of the store could check the second rule: it is about other rows, and two workers could break it at the same time.
    private ShardAnswer Apply(StateTransaction transaction, ShardAssignment assignment)
    {
        Shard? current = transaction.Get(Shards, StateKey.Of(assignment.Shard));
        if (assignment.ExpectedVersion is { } version && version != (current?.Version ?? 0))
        {
            return new ShardAnswer(ShardRefusal.VersionStale, current);
        }

        bool isNewToWorker = current?.Worker != assignment.Worker;
        if (isNewToWorker && transaction.Count(ByWorker, StateKey.Of(assignment.Worker)) >= ShardsPerWorkerMax)
        {
            return new ShardAnswer(ShardRefusal.WorkerFull, current);
        }

        var assigned = new Shard(assignment.Shard, assignment.Worker, transaction.Index);
        transaction.Put(Shards, assigned);
        return new ShardAnswer(ShardRefusal.None, assigned);
    }

    private void TouchWorkers(StateTransaction transaction, StateRowChange<Shard> change, ref StateTopicSink topics)
    {
        if (change.Old is { } old)
        {
            topics.Touch(Workers, StateKey.Of(old.Worker));
        }

        if (change.New is { } @new)
        {
            topics.Touch(Workers, StateKey.Of(@new.Worker));
        }
    }
}

[JsonSerializable(typeof(Shard))]
[JsonSerializable(typeof(ShardAssignment))]
[JsonSerializable(typeof(ShardAnswer))]
internal sealed partial class ShardJson : JsonSerializerContext;
