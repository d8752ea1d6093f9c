using Discovery.Protocol;

namespace Discovery.Autopilot;

/// <content>A witness, which keeps no state; and a leader whose state is on its own disk only, since there is nothing but a witness beside
/// it.</content>
internal sealed partial class RaftServer
{
    /// <summary>Whether this server votes and keeps no state.</summary>
    public bool IsWitness => options.Witness;

    /// <summary>What whoever reads or writes on a witness is told: what it is, and whom to ask.</summary>
    public DiscoveryException Absence()
    {
        ClusterServer[] full = Driver is { } driver
            ? [.. Desk().Show(driver.Members.Configuration).Where(static server => server.Role != ServerRole.Witness)]
            : [];
        string ask = full.Length == 0
            ? "a full server of its cluster"
            : string.Join(", ", full.Select(static server => server.Name));
        return new DiscoveryException(
            DiscoveryError.Witness, $"This server is a witness: it votes, and keeps no state to read or write. Ask {ask}.");
    }

    private void TellSingleCopy(bool isSingle, bool isLeading)
    {
        LeaderDesk desk = Desk();
        desk.SingleCopy(isSingle);
        if (IsStopping)
        {
            return;
        }

        if (isSingle)
        {
            IEnumerable<ClusterServer> lacking = desk.Show(Driver!.Members.Configuration)
                .Where(server => server.Role == ServerRole.Voter && server.NodeId != Driver.Self.Node);
            Log.SingleCopyBegins(logger, string.Join(", ", lacking.Select(static server => server.Name)));
        }
        else if (isLeading)
        {
            Log.SingleCopyOver(logger);
        }
    }
}
