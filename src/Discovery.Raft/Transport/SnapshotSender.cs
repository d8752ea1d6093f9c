using System.Buffers;
using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Transport;

/// <summary>Sends snapshots, each on a connection of its own.</summary>
internal sealed class SnapshotSender(TransportParts parts, PeerDialer dialer, ReassemblyBudget budget)
{
    private const int PiecesMax = 4;

    /// <exception cref="IOException">It did not get there.</exception>
    public async Task SendAsync(InstallSnapshot install, Stream snapshot, CancellationToken cancellationToken)
    {
        await using OpenedConnection opened = await dialer.OpenAsync(install.To, Purpose.Snapshot, cancellationToken);
        var queue = new SendQueue(PiecesMax, PiecesMax * FrameFormat.ContentBytesMax);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var session = new SnapshotSession(over);
        using var connection = new PeerConnection(
            parts.Runtime, opened.Stream, session, queue, ConnectionLimits.Snapshot(parts.Options, budget), parts.Metrics);
        Task running = RunAsync(connection, session, cancellationToken);
        try
        {
            await PumpAsync(install, snapshot, queue, over.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // An answer has come before the end.
        }
        catch (Exception e)
        {
            session.End($"it could not be read: {e.Message}");
            connection.End("the snapshot could not be read");
            await running;
            throw;
        }

        string failure = await session.Answer;
        connection.End("the snapshot was sent");
        await running;
        cancellationToken.ThrowIfCancellationRequested();
        if (failure.Length > 0)
        {
            throw new IOException($"The snapshot did not get there: {failure}");
        }
    }

    private static async Task RunAsync(PeerConnection connection, SnapshotSession session, CancellationToken cancellationToken)
    {
        try
        {
            await connection.RunAsync(cancellationToken);
        }
        finally
        {
            session.End(connection.EndReason ?? "the connection failed");
        }
    }

    private async Task PumpAsync(InstallSnapshot install, Stream snapshot, SendQueue queue, CancellationToken cancellationToken)
    {
        long started = parts.Runtime.Time.GetTimestamp();
        await AddAsync(queue, SnapshotPieces.Head(install), cancellationToken);
        long length = 0;
        uint checksum = 0;
        while (true)
        {
            byte[] piece = ArrayPool<byte>.Shared.Rent(FrameFormat.ContentBytesMax);
            int count = await snapshot.ReadAtLeastAsync(
                piece.AsMemory(0, FrameFormat.ContentBytesMax), FrameFormat.ContentBytesMax, throwOnEndOfStream: false, cancellationToken);
            if (count == 0)
            {
                ArrayPool<byte>.Shared.Return(piece);
                break;
            }

            checksum = Crc32C.Append(checksum, piece.AsSpan(0, count));
            length += count;
            await AddAsync(queue, new SnapshotPiece(FrameType.SnapshotBytes, piece, count), cancellationToken);
            await KeepPaceAsync(started, length, cancellationToken);
        }

        await AddAsync(queue, SnapshotPieces.End(length, checksum), cancellationToken);
    }

    private static async Task AddAsync(SendQueue queue, SnapshotPiece piece, CancellationToken cancellationToken)
    {
        while (!queue.TryAdd(piece, piece.Bytes.Length, Lane.Slow))
        {
            await queue.Taken.WaitAsync(cancellationToken);
        }
    }

    private async Task KeepPaceAsync(long started, long sent, CancellationToken cancellationToken)
    {
        if (parts.Options.SnapshotBytesPerSecond is var pace and > 0)
        {
            TimeSpan ahead = TimeSpan.FromSeconds((double)sent / pace) - parts.Runtime.Time.GetElapsedTime(started);
            if (ahead > TimeSpan.Zero)
            {
                await Task.Delay(ahead, parts.Runtime.Time, cancellationToken);
            }
        }
    }
}
