using Discovery.Protocol;
using Discovery.Wire;
using Microsoft.Extensions.Logging;

namespace Discovery.Transport;

/// <summary>A snapshot that a peer sends.</summary>
internal sealed class IncomingSnapshot(
    NodeRuntime runtime, IRaftReceiver receiver, Hello peer, VoterId self, SendQueue answers, ILogger logger)
    : IFrameHandler
{
    private readonly CancellationTokenSource _ending = new();
    private SnapshotStream? _stream;
    private Task _taking = Task.CompletedTask;
    private long _length;
    private uint _checksum;
    private bool _isEnded;

    public async ValueTask<bool> HandleAsync(FrameType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        switch (type)
        {
            case FrameType.SnapshotHead when _stream is null:
                return TryBegin(content.Span);
            case FrameType.SnapshotBytes when _stream is not null && !_isEnded && !content.IsEmpty:
                _checksum = Crc32C.Append(_checksum, content.Span);
                _length += content.Length;
                await _stream.PutAsync(content, cancellationToken);
                return true;
            case FrameType.SnapshotEnd when _stream is not null && !_isEnded && content.Length == SnapshotPieces.EndBytes:
                _isEnded = true;
                if (SnapshotPieces.ReadEnd(content.Span) == (_length, _checksum))
                {
                    _stream.Complete();
                }
                else
                {
                    _stream.Fail("length or checksum are not what the sender says");
                }

                return true;
            default:
                return false;
        }
    }

    /// <summary>The connection has ended: who takes the snapshot is told, and has ended when this ends.</summary>
    public async Task EndAsync(string reason)
    {
        _stream?.Fail(reason);
        await _ending.CancelAsync();
        await _taking;
        _ending.Dispose();
    }

    private bool TryBegin(ReadOnlySpan<byte> head)
    {
        if (!MessageCodec.TryRead(head, peer.From, self, out RaftMessage? message) || message is not InstallSnapshot install)
        {
            return false;
        }

        _stream = new SnapshotStream();
        _taking = runtime.Start(() => TakeAsync(install, _stream));
        return true;
    }

    private async Task TakeAsync(InstallSnapshot install, SnapshotStream stream)
    {
        string failure = "";
        try
        {
            await receiver.ReceiveSnapshotAsync(install, stream, _ending.Token);
            failure = stream.WasReadWhole ? "" : "it was not read to its end";
        }
        catch (Exception e)
        {
            failure = e.Message.Length > 0 ? e.Message : e.GetType().Name;
            if (!_ending.IsCancellationRequested)
            {
                Log.SnapshotFailed(logger, peer.Name, e);
            }
        }

        stream.Abandon();
        answers.TryAdd(SnapshotPieces.Answer(failure), failure.Length, Lane.Slow);
    }
}
