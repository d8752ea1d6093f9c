using Discovery.Driver;
using Discovery.Protocol;
using Discovery.Storage;
using Discovery.Transport;

namespace Discovery.Autopilot;

/// <summary>What this server makes of those who introduce themselves, and tells them.</summary>
internal sealed class Introductions(TransportIdentity self, ServerList others, FormationAcceptor acceptor) : IIntroductions
{
    private RaftDriver? _driver;

    /// <summary>This server's part in the cluster; null before there is one.</summary>
    public RaftDriver? Driver
    {
        get => Volatile.Read(ref _driver);
        set => Volatile.Write(ref _driver, value);
    }

    public void Heard(Hello hello)
    {
        if (hello.From.Node != self.Self.Node && PeerAddress.TryParse(hello.Address, out PeerAddress told))
        {
            others.Told(hello.From.Node, told);
        }
    }

    public async ValueTask<Hello> AnswerAsync(Hello hello, Hello answer, CancellationToken cancellationToken)
    {
        FormationVote? vote = null;
        if (hello.Vote is { Step: not FormationStep.Answer } asked)
        {
            try
            {
                vote = await acceptor.AnswerAsync(asked, cancellationToken);
            }
            catch (StorageException e)
            {
                throw new IOException(e.Message, e);
            }
        }

        return answer with { Vote = vote, Standing = await StandAsync(hello, cancellationToken), Known = others.Known() };
    }

    private async Task<Standing> StandAsync(Hello hello, CancellationToken cancellationToken)
    {
        if (Driver is not { Leadership.IsLeader: true } driver)
        {
            return Standing.Unknown;
        }

        try
        {
            return await driver.CallAsync(
                (core, _) => core.Role != RaftRole.Leader ? Standing.Unknown
                    : core.Configuration.Contains(hello.From) ? Standing.Member
                    : core.WasRemoved(hello.From, hello.MemberAt) ? Standing.Removed
                    : Standing.Newcomer,
                cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Standing.Unknown;
        }
    }
}
