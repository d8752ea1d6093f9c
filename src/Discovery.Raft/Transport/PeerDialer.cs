using System.Net.Sockets;
using Discovery.Protocol;

namespace Discovery.Transport;

/// <summary>Opens connections to peers: finds the address, connects, secures, says hello.</summary>
internal sealed class PeerDialer(TransportParts parts, PeerNames names, CancellationToken stopping)
{
    /// <summary>The first byte of these connections: no text, no TLS and nothing of Consul begins with it.</summary>
    public const byte Protocol = 0xD2;

    /// <exception cref="IOException">The peer is not reached, or one of the two refuses; the message is the reason.</exception>
    public async Task<OpenedConnection> OpenAsync(VoterId peer, Purpose purpose, CancellationToken cancellationToken)
    {
        string outcome = "failed";
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
            if (!parts.Directory.TryFind(peer, out PeerAddress address))
            {
                throw new IOException("no address of it is known");
            }

            NodeConnection connection = await ConnectAsync(address, either.Token);
            OpenedConnection opened = await IntroduceAsync(connection, peer, address, purpose, either.Token);
            outcome = "opened";
            return opened;
        }
        catch (HelloException)
        {
            outcome = "refused";
            throw;
        }
        finally
        {
            parts.Metrics.Dialed(purpose, outcome);
        }
    }

    /// <summary>Asks who is at an address; the answer may be this server itself.</summary>
    /// <exception cref="IOException">Nobody is reached there, or it is no server of ours; the message is the reason.</exception>
    public async Task<Hello> AskAsync(PeerAddress address, FormationVote? vote, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        await using NodeConnection connection = await ConnectAsync(address, either.Token);
        using var deadline = new CancellationTokenSource(parts.Options.HelloTimeout, parts.Runtime.Time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, either.Token);
        try
        {
            await using Stream stream = await parts.Security.AsClientAsync(connection.Stream, VoterId.None, address, bound.Token);
            Hello answer = await Handshake.AskAsync(stream, parts.Identity, vote, bound.Token);
            if (answer.From != parts.Identity.Self)
            {
                names.Hear(answer.From, answer.Name);
            }

            return answer;
        }
        catch (OperationCanceledException e) when (!either.IsCancellationRequested)
        {
            throw new IOException($"{address} has not answered the hello within {parts.Options.HelloTimeout}", e);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
        }
    }

    private async Task<NodeConnection> ConnectAsync(PeerAddress address, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(parts.Options.DialTimeout, parts.Runtime.Time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await parts.Connector.ConnectAsync(address.Host, address.Port, Protocol, bound.Token);
        }
        catch (DiscoveryException e)
        {
            throw new IOException(e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"no connection to {address} within {parts.Options.DialTimeout}", e);
        }
    }

    private async Task<OpenedConnection> IntroduceAsync(
        NodeConnection connection, VoterId peer, PeerAddress address, Purpose purpose, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(parts.Options.HelloTimeout, parts.Runtime.Time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        Stream? stream = null;
        bool isOpened = false;
        try
        {
            SendLimit.Set(connection.Stream);
            stream = await parts.Security.AsClientAsync(connection.Stream, peer, address, bound.Token);
            Hello answer = await Handshake.OpenAsync(stream, parts.Identity, peer, purpose, bound.Token);
            names.Hear(answer.From, answer.Name);
            isOpened = true;
            return new OpenedConnection(connection, stream, address);
        }
        catch (HelloException e)
        {
            throw new HelloException(e.Refusal, $"{address}: {e.Message}");
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{address} has not answered the hello within {parts.Options.HelloTimeout}", e);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
        }
        finally
        {
            if (!isOpened)
            {
                await (stream?.DisposeAsync() ?? ValueTask.CompletedTask);
                await connection.DisposeAsync();
            }
        }
    }
}
