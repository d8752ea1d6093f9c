namespace Discovery.DependencyInjection;

/// <summary>Rules for clusters that live for seconds.</summary>
internal sealed class FixedRules : IAutopilotStore
{
    public AutopilotConfiguration Current { get; set; } = new()
    {
        ServerStabilizationTime = TimeSpan.FromSeconds(1),
        LastContactThreshold = TimeSpan.FromSeconds(3),
    };

    public ValueTask<QueryReply<AutopilotConfiguration>> ReadAsync(
        QueryOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<bool> SetAsync(
        AutopilotConfiguration configuration,
        ulong? ifModifyIndex = null,
        CallContext? context = null,
        CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
