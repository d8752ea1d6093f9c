using Discovery;

namespace CustomModule;

/// <summary>Goes through what the module can do, says what came of it, and ends the app.</summary>
internal sealed class Walk(ShardMap shards, IHostApplicationLifetime app, ILogger<Walk> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Written, and at once in this node's own state.
        Shard acme = (await shards.AssignAsync("acme", "anna", cancellationToken: stoppingToken)).Shard!;
        await shards.AssignAsync("bolt", "anna", cancellationToken: stoppingToken);
        Say($"{shards.Find("acme")!.Name} is with {shards.Find("acme")!.Worker}");

        // A rule over several rows, told as a value: one worker serves two shards at most.
        ShardAnswer full = await shards.AssignAsync("core", "anna", cancellationToken: stoppingToken);
        Say($"core to anna: {full.Refusal}");

        // Somebody waits for shards of berta, and somebody follows all assignments from here on.
        QueryReply<string> berta = await shards.QueryAsync("berta", cancellationToken: stoppingToken);
        Task<QueryReply<string>> waiting = shards.QueryAsync("berta", berta.Index, stoppingToken).AsTask();
        Task<string> moved = FirstMoveAsync(stoppingToken);

        // Compare and set: the second of two who saw the same version is told so.
        ShardAnswer first = await shards.AssignAsync("acme", "berta", acme.Version, stoppingToken);
        ShardAnswer second = await shards.AssignAsync("acme", "carl", acme.Version, stoppingToken);
        Say($"acme to berta: {first.Refusal}; to carl: {second.Refusal}, it is with {second.Shard!.Worker}");
        Say($"berta has: {(await waiting).Body}");
        Say($"moved: {await moved}");
        app.StopApplication();
    }

    private async Task<string> FirstMoveAsync(CancellationToken stoppingToken)
    {
        await foreach (StateRowChange<Shard> change in shards.WatchAsync(stoppingToken))
        {
            if (change is { Old: { } old, New: { } now })
            {
                return $"{now.Name} from {old.Worker} to {now.Worker}";
            }
        }

        return "nothing";
    }

    private void Say(string text) => logger.LogInformation("{Text}", text);
}
