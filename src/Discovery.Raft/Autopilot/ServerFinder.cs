using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>Asks who is where: at the addresses of the list, and wherever else a server was or is said to be.</summary>
internal sealed class ServerFinder(IIntroducer introducer, TransportIdentity self, FormationParts parts)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks at all addresses of the list at once.</summary>
    public Task<PlaceAnswer[]> AskListAsync(FormationVote? vote, CancellationToken cancellationToken) =>
        AskAsync(parts.Servers, vote, cancellationToken);

    /// <summary>Asks everywhere at once; the answers of the list come first, in its order.</summary>
    public Task<PlaceAnswer[]> AskEverywhereAsync(CancellationToken cancellationToken) =>
        AskAsync([.. parts.Servers.Concat(parts.Others.Places()).Distinct()], null, cancellationToken);

    private Task<PlaceAnswer[]> AskAsync(IReadOnlyList<PeerAddress> places, FormationVote? vote, CancellationToken cancellationToken) =>
        Task.WhenAll(places.Select(place => AskAsync(place, vote, cancellationToken)));

    private async Task<PlaceAnswer> AskAsync(PeerAddress place, FormationVote? vote, CancellationToken cancellationToken)
    {
        // One that hangs does not keep the others from being asked again.
        using var deadline = new CancellationTokenSource(s_patience, parts.Runtime.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            Hello answer = await introducer.AskAsync(place, vote, either.Token);
            Take(answer, place);
            return new PlaceAnswer(place, answer, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PlaceAnswer(place, null, $"{place} does not answer");
        }
        catch (IOException e)
        {
            return new PlaceAnswer(place, null, $"{place} is not reached: {e.Message}");
        }
    }

    private void Take(Hello answer, PeerAddress place)
    {
        if (answer.From.Node == self.Self.Node || (HelloRefusal)answer.Code != HelloRefusal.None)
        {
            return;
        }

        parts.Others.Answered(answer, place, parts.Runtime.Time.GetTimestamp());
        if (PeerAddress.TryParse(answer.Address, out PeerAddress told))
        {
            parts.Others.Told(answer.From.Node, told);
        }

        foreach (KnownPeer known in answer.Known.Where(known => known.Id.Node != self.Self.Node))
        {
            parts.Others.Told(known.Id.Node, known.Address);
        }
    }
}
