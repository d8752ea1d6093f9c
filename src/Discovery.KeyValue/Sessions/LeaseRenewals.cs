using System.Net;
using Discovery.KeyValue;

namespace Discovery.Sessions;

/// <summary>Renews leases where they are counted: on this node while it leads, otherwise on the leader.</summary>
internal sealed class LeaseRenewals(KeyValueModule module, ICommandLog log, LeaseKeeper keeper, RenewalForwarder? forwarder = null)
{
    /// <summary>Begins a lease anew.</summary>
    /// <returns>The session, or null when it is not there or about to end.</returns>
    public async ValueTask<SessionEntry?> RenewAsync(Guid id, CancellationToken cancellationToken)
    {
        if (forwarder is null || !forwarder.TryFindLeader(out DnsEndPoint leader))
        {
            return await keeper.RenewAsync(id, cancellationToken);
        }

        if (!await forwarder.RenewAsync(id, leader, cancellationToken))
        {
            return null;
        }

        // That his lock was taken away a holder learns from this node's state, within the length of his lease: so it is no renewal
        // when that has fallen behind, or has not heard of the session yet.
        ReadBarrierResult barrier = await log.ReadBarrierAsync(ReadConsistency.Default, cancellationToken);
        return barrier.IsReached ? Find(id) : throw LeaseKeeper.NotConfirmed();
    }

    private SessionEntry? Find(Guid id) => log.StateMachine.Current.Get(module.Sessions.Sessions, SessionTables.Key(id));
}
