using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Simulation;

/// <summary>How one process reaches the others.</summary>
internal sealed class NodeTransport(FullWorld world, NodeLife life) : IRaftTransport
{
    private const int PieceBytes = 4096;

    private readonly Randomness _random = world.Random.Fork();
    private ulong _forwarded;

    public void Send(RaftMessage message)
    {
        if (life.IsAlive && world.Find(message.To) is { } to)
        {
            world.Leaders.OnSend(life.Node, message);
            bool isBulk = message is AppendRequest { Entries.Count: > 0 } or InstallSnapshot;
            world.Links.Send(life.Node, to, isBulk, () => to.Life?.Driver?.Receive(message));
        }
    }

    public async ValueTask<ProposalResult> ForwardAsync(
        VoterId leader, ForwardedProposal proposal, CancellationToken cancellationToken)
    {
        if (world.Find(leader) is not { } to)
        {
            return ProposalResult.NotApplied(ProposalRefusal.NoLeader);
        }

        world.Coverage.Count("proposals forwarded");
        var request = new ForwardRequest(++_forwarded, proposal);
        _ = CarryAsync(request, to);
        await using (cancellationToken.UnsafeRegister(
            static state => ((ForwardRequest)state!).End(ProposalRefusal.Cancelled, ProposalRefusal.Cancelled), request))
        {
            ProposalResult result = await request.Answer;
            world.Coverage.Count("forwarded, outcome unknown", result.Outcome == ProposalOutcome.Unknown ? 1 : 0);
            return result;
        }
    }

    public async Task SendSnapshotAsync(VoterId to, ulong term, SnapshotMeta meta, Stream snapshot, CancellationToken cancellationToken)
    {
        FullNode target = world.Find(to) ?? throw new IOException("There is no such node.");
        world.Stories.OnSnapshot(life.Node, target);
        using var bytes = new MemoryStream();
        snapshot.CopyTo(bytes);
        var install = new InstallSnapshot(life.Driver!.Self, to, term, meta, 0);
        Task<(bool WasSent, object? Answer)> call = world.Links.CallAsync(
            life.Node, target, receiver => ReceiveAsync(receiver, install, bytes.ToArray()));
        (_, object? answer) = await call.WaitAsync(cancellationToken);
        if (answer is null)
        {
            throw new IOException("The connection broke.");
        }

        world.Coverage.Count("snapshots sent");
    }

    public bool HasUnread(VoterId from) => world.Find(from) is { } node && world.Links.HasUnread(node, life.Node);

    public string? NameOf(VoterId id) => world.Find(id)?.Name;

    private async Task CarryAsync(ForwardRequest request, FullNode to)
    {
        (bool wasSent, object? answer) = await world.Links.CallAsync<object>(
            life.Node,
            to,
            async receiver => receiver.Driver is { } driver
                ? await driver.ProposeForwardedAsync(request.Proposal, receiver.Stopping)
                : ProposalResult.NotApplied(ProposalRefusal.NoLeader),
            request.TryTake);
        if (answer is ProposalResult result)
        {
            request.Complete(result);
        }
        else
        {
            if (wasSent)
            {
                // One that was lost on the way was sent all the same.
                request.TryTake();
            }

            request.End(ProposalRefusal.NoLeader, ProposalRefusal.LeadershipLost);
        }
    }

    private async Task<object> ReceiveAsync(NodeLife receiver, InstallSnapshot install, byte[] bytes)
    {
        if (receiver.Driver is not { } driver || receiver.Driver.Self != install.To)
        {
            throw new IOException("Nobody takes snapshots here.");
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(receiver.Stopping);
        var stream = new SnapshotStream();
        Task taking = receiver.Runtime.Start(async () =>
        {
            try
            {
                await driver.ReceiveSnapshotAsync(install, stream, over.Token);
            }
            finally
            {
                stream.Abandon();
            }
        });
        for (int sent = 0; sent < bytes.Length && !taking.IsCompleted; sent += PieceBytes)
        {
            await Task.Delay(world.Links.PieceDelay(life.Node, receiver.Node), world.Kernel.Time, CancellationToken.None);
            bool isCut = world.Links.IsCut(life.Node, receiver.Node) || world.Links.LosesBulk(receiver.Node);
            if (isCut || !life.IsAlive || (!world.Links.IsHealed && _random.Chance(0.01)))
            {
                stream.Fail("the connection broke");
                await over.CancelAsync();
                await taking;
                throw new IOException("The connection broke.");
            }

            await stream.PutAsync(bytes.AsMemory(sent, Math.Min(PieceBytes, bytes.Length - sent)), over.Token);
        }

        stream.Complete();
        await taking;
        return install;
    }
}
