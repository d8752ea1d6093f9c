using Discovery.Protocol;

namespace Discovery.Transport;

public sealed class SnapshotTests
{
    private static readonly SnapshotMeta s_meta = new(new LogPosition(40, 6), new ConfigurationEntry(7, Messages.Configuration(1, 2)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(1_000_003)]
    public void SendSnapshot_ToAPeer_ArrivesWhole(int length) => TransportRig.Run(async (rig, a, b) =>
    {
        byte[] received = [];
        InstallSnapshot? head = null;
        b.Receiver.TakeSnapshot = async (install, stream, token) =>
        {
            head = install;
            received = await ReadAllAsync(stream, token);
        };
        byte[] sent = Messages.Bytes(length, 1);
        await a.Transport.SendSnapshotAsync(b.Id, 9, s_meta, new MemoryStream(sent), default);
        Assert.Equal(sent, received);
        Assert.Equal((a.Id, b.Id, 9UL, s_meta), (head!.From, head.To, head.Term, head.Meta));
        await rig.AdvanceAsync(0.1);
        Assert.Equal(0, b.Transport.IncomingCount);
    });

    [Fact]
    public void SendSnapshot_WhileItsDiskStandsStill_WaitsAndHoldsNothingUp() => TransportRig.Run(async (rig, a, b) =>
    {
        b.Receiver.TakeSnapshot = async (_, stream, token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(30), rig.Kernel.Time, token);
            await ReadAllAsync(stream, token);
            await Task.Delay(TimeSpan.FromSeconds(30), rig.Kernel.Time, token);
        };
        Task sending = a.Transport.SendSnapshotAsync(b.Id, 9, s_meta, new MemoryStream(Messages.Bytes(500_000, 1)), default);
        await rig.AdvanceAsync(10);
        a.Transport.Send(Messages.Beat(a.Id, b.Id, 1));
        await rig.AdvanceAsync(0);
        Assert.Single(b.Receiver.Messages);
        await sending;
        Assert.Equal(TimeSpan.FromSeconds(60), rig.Kernel.Time.Elapsed);
    });

    [Fact]
    public void SendSnapshot_ReceiverRefuses_IsToldWhy() => TransportRig.Run(async (rig, a, b) =>
    {
        b.Receiver.TakeSnapshot = static (_, _, _) => throw new IOException("the disk is full");
        IOException e = await Assert.ThrowsAsync<IOException>(
            () => a.Transport.SendSnapshotAsync(b.Id, 9, s_meta, new MemoryStream(new byte[1_000_000]), default));
        Assert.Equal("The snapshot did not get there: the disk is full", e.Message);
        Assert.Contains("3208 Error A snapshot from server s1 was not taken", b.Lines);
    });

    [Fact]
    public void SendSnapshot_ReceiverReadsHalf_IsNotTakenForWhole() => TransportRig.Run(async (rig, a, b) =>
    {
        b.Receiver.TakeSnapshot = static async (_, stream, token) => await stream.ReadExactlyAsync(new byte[10], token);
        IOException e = await Assert.ThrowsAsync<IOException>(
            () => a.Transport.SendSnapshotAsync(b.Id, 9, s_meta, new MemoryStream(new byte[100_000]), default));
        Assert.Equal("The snapshot did not get there: it was not read to its end", e.Message);
    });

    [Fact]
    public void SendSnapshot_SenderGivesUp_ReceiverGetsNoEnd() => TransportRig.Run(async (rig, a, b) =>
    {
        Exception? seen = null;
        b.Receiver.TakeSnapshot = async (_, stream, token) =>
        {
            await stream.ReadExactlyAsync(new byte[10], token);
            await Task.Delay(TimeSpan.FromSeconds(5), rig.Kernel.Time, CancellationToken.None);
            seen = await Record.ExceptionAsync(() => ReadAllAsync(stream, CancellationToken.None));
        };
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(1), rig.Kernel.Time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => a.Transport.SendSnapshotAsync(b.Id, 9, s_meta, new MemoryStream(new byte[1_000_000]), giveUp.Token));
        await rig.AdvanceAsync(10);
        Assert.StartsWith("The snapshot did not come whole: ", Assert.IsType<IOException>(seen).Message);
        Assert.Equal(0, b.Transport.IncomingCount);
    });

    [Fact]
    public void SendSnapshot_ConnectionLost_FailsOnBothSides() => TransportRig.Run(async (rig, a, b) =>
    {
        Exception? seen = null;
        b.Receiver.TakeSnapshot = async (_, stream, token) =>
        {
            seen = await Record.ExceptionAsync(() => ReadAllAsync(stream, CancellationToken.None));
            throw seen!;
        };
        Task sending = a.Transport.SendSnapshotAsync(b.Id, 9, s_meta, new SlowStream(rig), default);
        await rig.AdvanceAsync(2);
        rig.LoseWire();
        IOException e = await Assert.ThrowsAsync<IOException>(() => sending);
        Assert.Equal("The snapshot did not get there: the other side was silent 3 times for 00:00:01", e.Message);
        await rig.AdvanceAsync(5);
        Assert.IsType<IOException>(seen);
        Assert.Equal(0, b.Transport.IncomingCount);
    });

    [Fact]
    public void SendSnapshot_SourceFails_ThrowsThat() => TransportRig.Run(async (rig, a, b) =>
    {
        b.Receiver.TakeSnapshot = static (_, stream, token) => ReadAllAsync(stream, token);
        IOException e = await Assert.ThrowsAsync<IOException>(
            () => a.Transport.SendSnapshotAsync(b.Id, 9, s_meta, new SlowStream(rig) { FailsAt = 3 }, default));
        Assert.Equal("the disk cannot be read", e.Message);
        await rig.AdvanceAsync(1);
        Assert.Equal(0, b.Transport.IncomingCount);
    });

    [Fact]
    public void SendSnapshot_WhileAnotherIsOnItsWay_IsRefused() => TransportRig.Run(async (rig, a, b) =>
    {
        b.Receiver.TakeSnapshot = static (_, stream, token) => ReadAllAsync(stream, token);
        Task first = a.Transport.SendSnapshotAsync(b.Id, 9, s_meta, new SlowStream(rig), default);
        await rig.AdvanceAsync(1);
        IOException e = await Assert.ThrowsAnyAsync<IOException>(
            () => a.Transport.SendSnapshotAsync(b.Id, 9, s_meta, new MemoryStream(), default));
        Assert.Equal("server:2: another snapshot is on its way", e.Message);
        await first;
        await rig.AdvanceAsync(0.1);
        await a.Transport.SendSnapshotAsync(b.Id, 9, s_meta, new MemoryStream(), default);
    });

    [Fact]
    public void SendSnapshot_WithAPace_KeepsIt() => TransportRig.Run(
        async (rig, a, b) =>
        {
            b.Receiver.TakeSnapshot = static (_, stream, token) => ReadAllAsync(stream, token);
            await a.Transport.SendSnapshotAsync(b.Id, 9, s_meta, new MemoryStream(new byte[1_000_000]), default);
            Assert.Equal(10, rig.Kernel.Time.Elapsed.TotalSeconds, 0.01);
        },
        new TransportOptions { SnapshotBytesPerSecond = 100_000 });

    [Fact]
    public void SendSnapshot_ToNobody_SaysWhy() => TransportRig.Run(async (rig, a, b) =>
    {
        b.IsDown = true;
        IOException e = await Assert.ThrowsAnyAsync<IOException>(
            () => a.Transport.SendSnapshotAsync(b.Id, 9, s_meta, new MemoryStream(), default));
        Assert.Equal("No node is reached at server: refused", e.Message);
    });

    [Fact]
    public void Snapshot_WithAByteLost_IsNotTaken() => TransportRig.Run(async (rig, a, b) =>
    {
        Exception? seen = null;
        b.Receiver.TakeSnapshot = async (_, stream, token) =>
            seen = await Record.ExceptionAsync(() => ReadAllAsync(stream, CancellationToken.None));
        var answers = new SendQueue(10, 10_000);
        var incoming = new IncomingSnapshot(
            rig.Kernel.CreateRuntime(), b.Receiver, new Hello(3, Messages.Cluster, a.Id, b.Id, "s1"), b.Id, answers,
            new Testing.RecordingLogger<RaftTransport>());
        Assert.True(await TakeAsync(incoming, SnapshotPieces.Head(new InstallSnapshot(a.Id, b.Id, 9, s_meta, 0))));
        Assert.True(await incoming.HandleAsync(FrameType.SnapshotBytes, "lost"u8.ToArray(), default));
        Assert.True(await TakeAsync(incoming, SnapshotPieces.End(4, Wire.Crc32C.Compute("last"u8))));
        Assert.False(await incoming.HandleAsync(FrameType.SnapshotBytes, "more"u8.ToArray(), default));
        await incoming.EndAsync("over");
        Assert.Equal(
            "The snapshot did not come whole: length or checksum are not what the sender says", Assert.IsType<IOException>(seen).Message);
    });

    private static ValueTask<bool> TakeAsync(IncomingSnapshot incoming, SnapshotPiece piece) =>
        incoming.HandleAsync(piece.Type, piece.Bytes, default);

    private static async Task<byte[]> ReadAllAsync(Stream stream, CancellationToken cancellationToken)
    {
        var all = new MemoryStream();
        await stream.CopyToAsync(all, 10_000, cancellationToken);
        return all.ToArray();
    }

    // Ten pieces, one each second.
    private sealed class SlowStream(TransportRig rig) : MemoryStream
    {
        private int _reads;

        public int FailsAt { get; init; } = int.MaxValue;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (++_reads >= FailsAt)
            {
                throw new IOException("the disk cannot be read");
            }

            await Task.Delay(TimeSpan.FromSeconds(1), rig.Kernel.Time, cancellationToken);
            return _reads <= 10 ? buffer.Length : 0;
        }
    }
}
