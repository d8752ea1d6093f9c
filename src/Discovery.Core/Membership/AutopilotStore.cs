using Discovery.Catalog;
using Discovery.Runtime;

namespace Discovery.Membership;

/// <summary>The facade of the rules.</summary>
internal sealed class AutopilotStore(
    AutopilotModule module, StateMachine stateMachine, CommandClient client, StateQueries queries, CallScope scope) : IAutopilotStore
{
    public AutopilotConfiguration Current => Read(stateMachine.Current);

    public ValueTask<QueryReply<AutopilotConfiguration>> ReadAsync(
        QueryOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= QueryOptions.Default;
        scope.Check(options.Context);
        return queries.QueryAsync(
            (snapshot, topics) =>
            {
                topics.Add(StateTopic.ForTable(module.Table));
                return Read(snapshot);
            },
            null,
            options,
            cancellationToken);
    }

    public async ValueTask<bool> SetAsync(
        AutopilotConfiguration configuration,
        ulong? ifModifyIndex = null,
        CallContext? context = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        context ??= CallContext.Local;
        scope.Check(context);
        ThrowIfSenseless(configuration);
        CommandResult<bool> result = await client.ExecuteAsync(
            module.Set, new SetAutopilotCommand(configuration, ifModifyIndex), context, cancellationToken);
        return result.Value;
    }

    private AutopilotConfiguration Read(StateSnapshot snapshot) =>
        snapshot.Get(module.Table, AutopilotCommands.Key) ?? AutopilotConfiguration.Default;

    private static void ThrowIfSenseless(AutopilotConfiguration configuration)
    {
        string? trouble = configuration.LastContactThreshold < TimeSpan.Zero ? "LastContactThreshold is negative"
            : configuration.ServerStabilizationTime < TimeSpan.Zero ? "ServerStabilizationTime is negative"
            : !IsText(configuration.RedundancyZoneTag) ? "RedundancyZoneTag is no text, or too long"
            : !IsText(configuration.UpgradeVersionTag) ? "UpgradeVersionTag is no text, or too long"
            : null;
        if (trouble is not null)
        {
            throw new DiscoveryException(
                DiscoveryError.InvalidRequest, $"Invalid autopilot configuration: {trouble}.", WriteOutcome.NotApplied);
        }
    }

    private static bool IsText(string? text) =>
        text is { Length: <= CatalogLimits.TextCharsMax } && UnicodeText.IsWellFormed(text);
}
