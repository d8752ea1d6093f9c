using System.Text;

namespace Discovery.Transport;

/// <summary>A snapshot on its way out: the one thing that comes back is whether the peer has it.</summary>
internal sealed class SnapshotSession(CancellationTokenSource over) : IFrameHandler
{
    private readonly TaskCompletionSource<string> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Empty when the peer has it whole on its disk, otherwise why not.</summary>
    public Task<string> Answer => _answer.Task;

    public ValueTask<bool> HandleAsync(FrameType type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (type != FrameType.SnapshotAnswer || content.Length > SnapshotPieces.AnswerBytesMax)
        {
            return ValueTask.FromResult(false);
        }

        End(Encoding.UTF8.GetString(content.Span));
        return ValueTask.FromResult(true);
    }

    /// <summary>Answers for a peer that does not any more; the first answer counts.</summary>
    public void End(string answer)
    {
        _answer.TrySetResult(answer);
        over.Cancel();
    }
}
