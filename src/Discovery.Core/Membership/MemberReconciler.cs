using Discovery.Agent;
using Discovery.Catalog;
using Microsoft.Extensions.Logging;

namespace Discovery.Membership;

/// <summary>The leader's duty to have the catalog show the members as they are.</summary>
/// <remarks>
/// Every change of the members, and of their nodes in the catalog, has all of them compared. After a round that wrote something the next
/// one waits, so that two who disagree about a row do not keep the log busy.
/// </remarks>
internal sealed class MemberReconciler(
    IMembershipSource source,
    ICommandLog log,
    AgentParts parts,
    ILogger<MemberReconciler> logger)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Leadership leadership = log.Leadership;
            IReadOnlyList<Member> members = source.Members;
            using StateWatch watch = StateWatch.Open(log.StateMachine, [.. members.Select(
                member => StateTopic.ForKey(parts.Catalog.Tables.NodeTopics, CatalogKeys.Folded(member.Name)))]);
            bool isQuiet = !await ReconcileAsync(members, cancellationToken);
            if (isQuiet)
            {
                await WaitAsync(watch, members, leadership, cancellationToken);
            }

            if (!isQuiet || leadership.Ended.IsCancellationRequested)
            {
                await Task.Delay(s_pause, parts.Runtime.Time, cancellationToken);
            }
        }
    }

    /// <summary>Compares once and writes what differs.</summary>
    /// <returns>Whether anything was written, or could not be written and is to be tried again.</returns>
    public Task<bool> ReconcileAsync(CancellationToken cancellationToken) => ReconcileAsync(source.Members, cancellationToken);

    private async Task<bool> ReconcileAsync(IReadOnlyList<Member> members, CancellationToken cancellationToken)
    {
        if (!log.Leadership.IsLeader)
        {
            return false;
        }

        StateSnapshot snapshot = log.StateMachine.Current;
        bool isBusy = false;
        foreach (RegisterCommand command in MemberRows.Compare(members, parts.Identity.Name, snapshot, parts.Catalog.Tables))
        {
            isBusy |= await WriteAsync(parts.Catalog.Register, command, command.Node.Name, cancellationToken);
        }

        foreach (DeregisterCommand command in MemberRows.Departed(members, parts.Identity.Name, snapshot, parts.Catalog.Tables))
        {
            isBusy |= await WriteAsync(parts.Catalog.Deregister, command, command.Node, cancellationToken);
        }

        return isBusy;
    }

    // What is refused waits for the next change: of the row that went meanwhile, or of the living node that has the name.
    private async Task<bool> WriteAsync<TCommand>(
        StateCommand<TCommand, CatalogWriteResult> kind, TCommand command, string member, CancellationToken cancellationToken)
    {
        try
        {
            CommandResult<CatalogWriteResult> result = await parts.Commands.ExecuteAsync(
                kind, command, CallContext.Local, cancellationToken);
            if (result.Value.Status is not (CatalogWriteStatus.Ok or CatalogWriteStatus.NodeMissing))
            {
                Log.RowsRefused(logger, member, result.Value.Status.ToString());
            }

            return result.Value.Status == CatalogWriteStatus.Ok;
        }
        catch (DiscoveryException e)
        {
            Log.RowsNotWritten(logger, member, e.Message);
            return true;
        }
    }

    private async Task WaitAsync(
        StateWatch watch, IReadOnlyList<Member> members, Leadership leadership, CancellationToken cancellationToken)
    {
        using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, leadership.Ended);
        Task[] wakes = [watch.WaitAsync(round.Token).AsTask(), source.WaitForChangeAsync(members, round.Token).AsTask()];
        await Task.WhenAny(wakes);
        await round.CancelAsync();
        foreach (Task wake in wakes)
        {
            try
            {
                await wake;
            }
            catch (OperationCanceledException) when (round.IsCancellationRequested)
            {
                // The other one came, or the leadership ended.
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
