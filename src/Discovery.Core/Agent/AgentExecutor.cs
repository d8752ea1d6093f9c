using Discovery.Catalog;

namespace Discovery.Agent;

/// <summary>Writes the steps of a plan: the node first, then the others, so many at a time.</summary>
internal sealed class AgentExecutor(AgentParts parts)
{
    /// <returns>
    /// The outcome of each step; null for one that was carried out, or whose ground changed so that comparing again decides.
    /// </returns>
    public async Task<IReadOnlyList<(AgentStep Step, Exception? Failure)>> ExecuteAsync(
        IReadOnlyList<AgentStep> steps, CancellationToken cancellationToken)
    {
        var outcomes = new List<(AgentStep, Exception?)>(steps.Count);
        int next = 0;
        if (steps[0].IsNode)
        {
            outcomes.Add((steps[0], await ExecuteAsync(steps[0], cancellationToken)));
            if (outcomes[0].Item2 is not null)
            {
                return outcomes;
            }

            next = 1;
        }

        while (next < steps.Count)
        {
            AgentStep[] batch = [.. steps.Skip(next).Take(parts.Options.ConcurrentWritesMax)];
            Exception?[] failures = await Task.WhenAll(batch.Select(step => ExecuteAsync(step, cancellationToken)));
            for (int i = 0; i < batch.Length; i++)
            {
                outcomes.Add((batch[i], failures[i]));
            }

            // When nothing of a batch gets through, the rest would only wait for the same.
            if (Array.TrueForAll(failures, static failure => failure is not null))
            {
                break;
            }

            next += batch.Length;
        }

        return outcomes;
    }

    private async Task<Exception?> ExecuteAsync(AgentStep step, CancellationToken cancellationToken)
    {
        try
        {
            CommandResult<CatalogWriteResult> result = step.Register is { } register
                ? await RegisterAsync(register, step.Context, cancellationToken)
                : await parts.Commands.ExecuteAsync(parts.Catalog.Deregister, step.Deregister!, step.Context, cancellationToken);
            return Refusal(result.Value);
        }
        catch (DiscoveryException e)
        {
            return e;
        }
    }

    // After the snapshot of another cluster was restored, the name may be that of a node which is no member of this one and never was.
    private async Task<CommandResult<CatalogWriteResult>> RegisterAsync(
        RegisterCommand register, CallContext context, CancellationToken cancellationToken)
    {
        CommandResult<CatalogWriteResult> result = await parts.Commands.ExecuteAsync(
            parts.Catalog.Register, register, context, cancellationToken);
        if (result.Value.Status != CatalogWriteStatus.NodeNameReserved
            || parts.FreeName(Guid.Parse(result.Value.Subject)) is not { } free)
        {
            return result;
        }

        Log.NameTakenOver(parts.Logger, parts.Identity.Name, result.Value.Subject);
        await parts.Commands.ExecuteAsync(parts.Catalog.Register, free, context, cancellationToken);
        return await parts.Commands.ExecuteAsync(parts.Catalog.Register, register, context, cancellationToken);
    }

    private static DiscoveryException? Refusal(CatalogWriteResult result) => result.Status switch
    {
        CatalogWriteStatus.Ok or CatalogWriteStatus.NodeMissing or CatalogWriteStatus.ServiceMissing => null,
        CatalogWriteStatus.OwnedByOther => AgentWaiters.OwnedBy(result.Subject),
        CatalogWriteStatus.NodeNameReserved => new DiscoveryException(
            DiscoveryError.InvalidRequest,
            $"The node's name is reserved by the node with id {result.Subject}, which is alive. Give each node a name of its own "
            + "(NodeOptions.NodeName); if that node is gone for good, deregister it."),
        _ => throw new InvariantViolationException($"The catalog answered {result.Status}, which this code does not know."),
    };
}
