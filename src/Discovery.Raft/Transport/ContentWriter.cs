using Discovery.Protocol;
using Discovery.Wire;

namespace Discovery.Transport;

/// <summary>Gives out one thing after the other as bytes, in pieces of any length; large bodies are copied once, into the frame.</summary>
internal sealed class ContentWriter : IDisposable
{
    private readonly WireBuffer _head = new();
    private IReadOnlyList<LogEntry>? _entries;
    private ReadOnlyMemory<byte> _part;
    private ReadOnlyMemory<byte> _body;
    private SnapshotPiece? _piece;
    private int _next;

    public FrameType Type { get; private set; }

    /// <summary>Whether there is something that has not gone out whole.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>The bytes that are left of it.</summary>
    public long Left { get; private set; }

    /// <summary>Begins with another thing; false when it is not to be sent any more.</summary>
    public bool TryBegin(object item)
    {
        _head.Reset(FrameFormat.ContentBytesMax);
        (_entries, _next) = (null, 0);
        ReadOnlyMemory<byte> body = default;
        switch (item)
        {
            case RaftMessage message:
                Type = FrameType.Message;
                MessageCodec.WriteHead(message, _head);
                _entries = (message as AppendRequest)?.Entries;
                break;
            case ForwardRequest request:
                if (!request.TryTake())
                {
                    return false;
                }

                Type = FrameType.Proposal;
                ForwardedProposal proposal = request.Proposal;
                ProposalCodec.WriteHead(request.Id, proposal, _head);
                body = proposal.Body;
                break;
            case ForwardAnswer answer:
                Type = FrameType.ProposalAnswer;
                ProposalCodec.WriteAnswerHead(answer.Id, answer.Result, _head);
                body = answer.Result.Command.Result;
                break;
            case SnapshotPiece piece:
                Type = piece.Type;
                body = piece.Bytes;
                _piece = piece;
                break;
            default:
                throw new InvariantViolationException($"nobody knows how to send a {item.GetType().Name}");
        }

        Left = _head.WrittenCount + (long)body.Length + BodyBytes();
        (_part, _body, IsOpen) = (_head.WrittenMemory, body, true);
        return true;
    }

    /// <summary>Copies the next bytes, as many as there is room for; no more than are left.</summary>
    public void Copy(Span<byte> into)
    {
        Left -= into.Length;
        while (!into.IsEmpty)
        {
            if (_part.IsEmpty)
            {
                _part = NextPart();
            }

            int count = Math.Min(into.Length, _part.Length);
            _part.Span[..count].CopyTo(into);
            _part = _part[count..];
            into = into[count..];
        }

        if (Left == 0)
        {
            End();
        }
    }

    public void Dispose()
    {
        End();
        _head.Dispose();
    }

    private long BodyBytes()
    {
        long bytes = 0;
        for (int i = 0; i < (_entries?.Count ?? 0); i++)
        {
            bytes += _entries![i].Body.Length;
        }

        return bytes;
    }

    private ReadOnlyMemory<byte> NextPart()
    {
        if (!_body.IsEmpty)
        {
            ReadOnlyMemory<byte> body = _body;
            _body = default;
            return body;
        }

        return _entries![_next++].Body;
    }

    private void End()
    {
        _piece?.Release();
        (_piece, _entries, _body, _part, IsOpen) = (null, null, default, default, false);
    }
}
